"""The trees are those of RFC 6962, and a path proves exactly the leaf it was made for."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.audit.merkle import GrowingTree, Tree, leaf_hash, root_by_path

SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33]


def by_the_rfc(leaves):
    """The definition of RFC 6962 §2.1, word by word, over hashed leaves."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + by_the_rfc(leaves[:split]) + by_the_rfc(leaves[split:])).digest()


def leaves(size):
    return [leaf_hash(number, f"{number:064x}") for number in range(1, size + 1)]


def grown(hashes):
    tree = GrowingTree()
    for each in hashes:
        tree.add(each)
    return tree


def test_a_leaf_is_hashed_as_the_documentation_says():
    assert leaf_hash(7, "ab") == sha256(b"\x007\nab").digest()


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_grows_into_what_the_rfc_defines(size):
    tree = grown(leaves(size))
    assert (tree.size, tree.root()) == (size, by_the_rfc(leaves(size)).hex())


def test_an_empty_tree_is_the_hash_of_nothing():
    assert GrowingTree().root() == sha256().hexdigest()


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proven_by_its_path(size):
    tree, root = Tree(leaves(size)), grown(leaves(size)).root()
    for index, leaf in enumerate(leaves(size)):
        assert root_by_path(leaf, index, size, tree.path(index)) == root


@given(st.data(), st.integers(2, 40))
def test_no_path_proves_another_leaf_place_or_size(data, size):
    tree, root = Tree(leaves(size)), grown(leaves(size)).root()
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-1, size).filter(lambda it: it != index))
    path = tree.path(index)
    leaf = leaves(size)[index]
    assert root_by_path(leaf, other, size, path) != root
    assert root_by_path(leaf_hash(0, ""), index, size, path) != root
    assert root_by_path(leaf, index, size, path[:-1]) != root
    assert root_by_path(leaf, index, size, [*path, "00" * 32]) != root
