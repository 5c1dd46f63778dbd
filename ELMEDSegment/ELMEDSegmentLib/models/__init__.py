"""Models of all origins: listed, downloaded after consent, read safely, installed, removed.

`entries` reads the catalogue; `download` and `unpack` bring files here; `adopt` turns the files of
other makers (`monai_bundle`, `auto3dseg`, `torchscript`) into a manifest with weights; `install`
goes the whole way; `listing` says what is there.
"""
