"""What is promised of the place where photos are kept, by a folder and by a bucket of object storage alike."""

import logging
import os
import resource
from datetime import timedelta
from uuid import UUID, uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from store.evidence_bucket import EvidenceBucket
from store.evidence_files import EvidenceFolder
from store.failures import EvidenceOutOfReach

REGION, KEY = "eu-central-1", ("key-id", "key-secret")
PATIENCE = timedelta(seconds=60)


@pytest.fixture(scope="session")
def storage():
    """The address of an S3-compatible server with an empty bucket named evidence; what it keeps outlives it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    client = boto3.client(
        "s3", endpoint_url=url, region_name=REGION, aws_access_key_id=KEY[0], aws_secret_access_key=KEY[1]
    )
    client.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": REGION})
    yield url
    client.close()
    server.stop()


def bucket(url, name="evidence"):
    return EvidenceBucket.at(name, url=url, region=REGION, key=KEY, patience=PATIENCE)


@pytest.fixture(params=["folder", "bucket"])
def files(request, tmp_path):
    return EvidenceFolder(tmp_path) if request.param == "folder" else bucket(request.getfixturevalue("storage"))


def test_what_was_kept_is_given_back_to_the_byte(files):
    evidence_id, sealed = uuid4(), bytes(range(256)) * 4096
    files.put(evidence_id, sealed)
    assert files.get(evidence_id) == sealed


def test_what_was_never_kept_is_not_there(files):
    assert files.get(uuid4()) is None


def test_each_id_has_its_own_content(files):
    first, second = uuid4(), uuid4()
    files.put(first, b"one")
    files.put(second, b"two")
    assert (files.get(first), files.get(second)) == (b"one", b"two")


def test_the_same_id_kept_twice_holds_what_came_last(files):
    evidence_id = uuid4()
    files.put(evidence_id, b"sealed")
    files.put(evidence_id, b"sealed again")
    assert files.get(evidence_id) == b"sealed again"


# A place that cannot be used


def put(files):
    files.put(UUID(int=1), b"x")


def get(files):
    files.get(UUID(int=1))


@pytest.mark.parametrize("use", [put, get])
def test_a_bucket_that_is_not_there_is_out_of_reach_and_not_empty(storage, use):
    with pytest.raises(EvidenceOutOfReach, match="404 Not Found"):
        use(bucket(storage, "no-such-bucket"))


@pytest.mark.parametrize("use", [put, get])
def test_a_storage_that_does_not_answer_is_out_of_reach(use):
    with pytest.raises(EvidenceOutOfReach) as unreached:
        use(bucket("http://127.0.0.1:9"))
    assert KEY[1] not in str(unreached.value)


def test_the_name_of_a_photo_is_on_the_disk_once_it_is_put(tmp_path, monkeypatch):
    settled, fsync = [], os.fsync

    def watched(handle):
        settled.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    EvidenceFolder(tmp_path / "evidence").put(UUID(int=1), b"x")
    (photo,) = (tmp_path / "evidence").glob("*/*")
    assert settled == [path.stat().st_ino for path in (photo, photo.parent, photo.parent.parent)]


def test_what_a_full_disk_had_no_room_for_leaves_nothing_behind(tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(EvidenceOutOfReach):
            EvidenceFolder(tmp_path).put(uuid4(), bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_is_out_of_reach(tmp_path):
    taken = tmp_path / "evidence"
    taken.write_bytes(b"a file")
    with pytest.raises(EvidenceOutOfReach):
        EvidenceFolder(taken).put(UUID(int=1), b"x")
