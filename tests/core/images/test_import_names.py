"""Imported names and the packages they come from."""

from __future__ import annotations

import pytest

from enablement_ext.core.images.python.import_names import (
    is_python_own,
    packages_of,
    packages_of_module,
    shortest_names,
)
from enablement_ext.core.images.python.names import canonical_name
from enablement_ext.core.images.python.usual_imports import NAMESPACES, USUAL
from enablement_ext.core.notebook.code_references import uses_of_cells

# What is installed in one place: some share a beginning.
INSTALLED = shortest_names(
    {
        "google-cloud-bigquery": ["google.cloud.bigquery", "google.cloud.bigquery.table"],
        "google-cloud-storage": ["google.cloud.storage.blob", "google.cloud.storage"],
        "protobuf": ["google.protobuf", "google._upb"],
        "scikit-learn": ["sklearn", "sklearn.linear_model"],
        "opencv-python-headless": ["cv2", "cv2.gapi"],
        "importlib-metadata": ["importlib_metadata"],
        "corp-models": ["corp.models.churn"],
        "corp-tables": ["corp.tables"],
        "alone-lib": ["alone.part"],
        "uuid": ["uuid"],
    }
)


def test_names_are_as_long_as_it_takes_to_tell_distributions_apart() -> None:
    assert {
        "google.cloud.bigquery": {"google-cloud-bigquery"},
        "google.cloud.storage": {"google-cloud-storage"},
        "google.protobuf": {"protobuf"},
        "google._upb": {"protobuf"},
        "sklearn": {"scikit-learn"},
        "cv2": {"opencv-python-headless"},
        "importlib_metadata": {"importlib-metadata"},
        "corp": {"corp-models", "corp-tables"},
        "corp.models": {"corp-models"},
        "corp.models.churn": {"corp-models"},
        "corp.tables": {"corp-tables"},
        "alone": {"alone-lib"},
        "alone.part": {"alone-lib"},
        "uuid": {"uuid"},
    } == INSTALLED


@pytest.mark.parametrize(
    ("module", "installed", "elsewhere"),
    [
        ("google.cloud.bigquery.table", "google-cloud-bigquery", "google-cloud-bigquery"),
        ("google.cloud.bigquery", "google-cloud-bigquery", "google-cloud-bigquery"),
        ("google.protobuf.message", "protobuf", "protobuf"),
        ("google.cloud.speech_v9", "", ""),
        ("google", "", ""),
        ("corp.tables.x", "corp-tables", "corp"),
        ("alone", "alone-lib", "alone"),
        ("sklearn.linear_model", "scikit-learn", "scikit-learn"),
        ("cv2", "opencv-python-headless", "opencv-python"),
        ("jwt", "pyjwt", "pyjwt"),
        ("yaml", "pyyaml", "pyyaml"),
        ("PIL.Image", "pillow", "pillow"),
        ("ruamel.yaml.comments", "ruamel-yaml", "ruamel-yaml"),
        ("mpl_toolkits.mplot3d", "matplotlib", "matplotlib"),
        ("zope", "", ""),
        ("uuid", "uuid", ""),  # a backport over Python's own
        ("__future__", "", ""),
        ("os.path", "", ""),
        ("distutils.core", "", ""),
        ("__main__", "", ""),
        ("", "", ""),
        ("Some_Thing.part", "some-thing", "some-thing"),
    ],
)
def test_a_module_counts_by_its_longest_known_beginning(module: str, installed: str, elsewhere: str) -> None:
    assert " ".join(packages_of_module(module, INSTALLED)) == installed
    assert " ".join(packages_of_module(module, {})) == elsewhere


def test_what_code_imports_is_read_to_the_module() -> None:
    code = (
        "from __future__ import annotations\nimport os, jwt, numpy as np\nfrom google.cloud import bigquery, storage\n"
        "from sklearn.linear_model import *\nfrom google.protobuf.message import Message\nfrom . import near\nfrom .features import x"
    )
    modules = [module for use in uses_of_cells([(1, code)]).imports for module in use.modules]
    assert "google.cloud.bigquery" in modules
    assert packages_of(modules, INSTALLED) == [
        "pyjwt",
        "numpy",
        "google-cloud-bigquery",
        "google-cloud-storage",
        "scikit-learn",
        "protobuf",
    ]
    assert packages_of(modules, {}) == packages_of(modules, INSTALLED)


def test_the_table_says_what_the_names_themselves_do_not() -> None:
    assert {
        name for name, packages in USUAL.items() if packages == (canonical_name(name),) and "." not in name
    } == set()
    assert {
        package for packages in USUAL.values() for package in packages if canonical_name(package) != package
    } == set()
    assert not [name for name in USUAL if is_python_own(name)]
    assert not NAMESPACES & USUAL.keys()
