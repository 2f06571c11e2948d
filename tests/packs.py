"""Packs as a marketplace writes them: the standard one as TOML, with some fields changed."""

from domain.policy import standard_policies

STANDARD = standard_policies().current


def pack(room="", **changes):
    """The standard pack as TOML with one room's fields changed; None leaves a field out."""
    data = STANDARD.model_dump(mode="json", exclude_none=True)
    part = data
    for name in filter(None, room.split(".")):
        part = part[name]
    part.update(changes)
    return toml({name: value for name, value in data.items() if value is not None})


def toml(data, path=""):
    """As much of TOML as a pack needs."""
    scalars = {name: value for name, value in data.items() if not isinstance(value, dict) and value is not None}
    lines = [f"{quoted(name)} = {written(value)}" for name, value in scalars.items()]
    for name, part in data.items():
        if isinstance(part, dict):
            place = f"{path}.{quoted(name)}".lstrip(".")
            lines += [f"[{place}]", toml(part, place)]
    return "\n".join(lines)


def quoted(name):
    return f'"{name}"'


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return quoted(value) if isinstance(value, str) else str(value)


def put(folder, version=1, *, cancellation=None, **windows):
    """Write ``acme.v1.toml`` into the folder, the standard's numbers but for these windows."""
    numbers = STANDARD.model_dump(mode="json", exclude_none=True)
    numbers.update(id="acme", version=version)
    numbers["windows"].update(windows)
    numbers["cancellation"].update(cancellation or {})
    file = folder / f"acme.v{version}.toml"
    file.write_text(toml(numbers), encoding="utf-8")
    return file
