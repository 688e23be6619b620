"""`python -m breather.samples`: sign the sample packs again after one of their texts was changed."""

import sys
from pathlib import Path

from breather.domain.finding import Refused
from breather.protocol.pack import pack_hash, read_folder, read_pack, sign_pack
from breather.protocol.pack_files import MANIFEST, SIGNATURE
from breather.samples import SAMPLE_KEY, SAMPLE_MODE, sample_names, sample_pack


def sign_sample(folder: Path) -> str:
    """Sign one pack folder in place with the sample key; its hash. Refused if it is wrong or no sample."""
    files = read_folder(folder)
    if not read_pack(files).sample:
        raise Refused(f"{folder.name} is no sample, and the sample key signs nothing else", [])
    signed = sign_pack(files, SAMPLE_KEY, SAMPLE_MODE)
    for name in (MANIFEST, SIGNATURE):
        (folder / name).write_bytes(signed[name])
    return pack_hash(signed)


def main() -> int:
    """Sign every sample pack; 1 if any is refused."""
    failed = 0
    for name in sample_names("packs"):
        try:
            print(f"{name}  {sign_sample(sample_pack(name))}")
        except Refused as refused:
            print(f"{name}  not signed: {refused}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
