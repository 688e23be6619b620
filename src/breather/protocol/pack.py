"""Packs as they cross from agency to exchange: the names that the rest of the code uses.

A pack is a folder: `pack.toml`, `contacts.toml`, `questions.toml`, `texts/<locale>.toml`, `MANIFEST`,
`SIGNATURE`. The order that keeps an exchange safe is `read_folder`, `verify_pack`, `read_pack`,
`check_pack`.
"""

from breather.protocol.pack_checks import check_pack, warnings_of_pack
from breather.protocol.pack_files import PackFiles, from_blob, manifest, pack_hash, read_folder, to_blob
from breather.protocol.pack_reading import read_pack
from breather.protocol.pack_signature import sign_pack, verify_pack

__all__ = [
    "PackFiles",
    "check_pack",
    "from_blob",
    "manifest",
    "pack_hash",
    "read_folder",
    "read_pack",
    "sign_pack",
    "to_blob",
    "verify_pack",
    "warnings_of_pack",
]
