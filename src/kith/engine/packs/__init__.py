"""Packs: sets of networks with their licence and calibration, installed from folders and addresses."""

from kith.engine.packs.store import CataloguePack, FileCheck, InstalledPack, PackStore, Verification

__all__ = ["CataloguePack", "FileCheck", "InstalledPack", "PackStore", "Verification"]
