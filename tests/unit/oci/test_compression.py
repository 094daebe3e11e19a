import gzip
import random

import pytest
import zstandard

from paredown.oci.compression import COMPRESSIONS, compressed, compression_named

NAMES = [compression.name for compression in COMPRESSIONS]
CHANCE = random.Random(1)
PLAIN = b"".join(CHANCE.randbytes(40) * CHANCE.randint(1, 30) for _ in range(6_000))


def stream(name, cores=2, piece=70_000):
    return b"".join(compressed((PLAIN[at : at + piece] for at in range(0, len(PLAIN), piece)), compression_named(name), cores=cores))


@pytest.mark.parametrize("name", NAMES)
def test_compressed_gives_the_same_bytes_whatever_the_cores_and_pieces(name):
    assert len({stream(name, cores, piece) for cores, piece in ((1, 70_000), (2, 1_000_003), (7, 512))}) == 1


@pytest.mark.parametrize("name", ["gzip", "gzip-max"])
def test_compressed_by_gzip_is_a_series_of_members_without_name_and_time(name):
    blob = stream(name)
    assert gzip.decompress(blob) == PLAIN
    assert blob[:10] == bytes.fromhex("1f8b080000000000") + b"\x00\xff"
    assert len(PLAIN) > 2 << 20  # several blocks


@pytest.mark.parametrize("name", ["zstd", "zstd-max"])
def test_compressed_by_zstd_is_a_frame_any_reader_takes(name):
    blob = stream(name)
    assert zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj().decompress(blob) == PLAIN


@pytest.mark.parametrize("algorithm", ["gzip", "zstd"])
def test_the_strongest_setting_is_the_smaller_one(algorithm):
    assert len(stream(f"{algorithm}-max")) < len(stream(algorithm))
