"""What every recount and its tests import from others, loaded once for all mutants; nothing of the recounts themselves."""

import argparse  # noqa: F401
import csv  # noqa: F401
import json  # noqa: F401
import zipfile  # noqa: F401
from concurrent.futures import ProcessPoolExecutor  # noqa: F401

import coincurve  # noqa: F401
import httpx  # noqa: F401
import hypothesis  # noqa: F401
import openpyxl  # noqa: F401
import pytest  # noqa: F401
import rich.progress  # noqa: F401
import web3  # noqa: F401
from Crypto.Hash import keccak  # noqa: F401
