"""What can be imported from which package: by the files that packages install, and a table for the usual ones where no files are at hand.

A name is a dotted prefix: `google.cloud.storage` where several packages share the folders `google` and `google/cloud`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_SUFFIXES = (".py", ".so", ".pyd")

# Packages whose import name is not their own name.
USUAL: Mapping[str, tuple[str, ...]] = {
    "attr": ("attrs",),
    "bs4": ("beautifulsoup4",),
    "Crypto": ("pycryptodome",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"),
    "dateutil": ("python-dateutil",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "fitz": ("pymupdf",),
    "git": ("gitpython",),
    "github": ("pygithub",),
    "google.auth": ("google-auth",),
    "google.cloud.bigquery": ("google-cloud-bigquery",),
    "google.cloud.storage": ("google-cloud-storage",),
    "google.protobuf": ("protobuf",),
    "googleapiclient": ("google-api-python-client",),
    "igraph": ("igraph", "python-igraph"),
    "imblearn": ("imbalanced-learn",),
    "IPython": ("ipython",),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "kafka": ("kafka-python", "kafka-python-ng"),
    "ldap": ("python-ldap",),
    "Levenshtein": ("levenshtein", "python-levenshtein"),
    "lightning": ("lightning", "pytorch-lightning"),
    "magic": ("python-magic",),
    "mlflow": ("mlflow", "mlflow-skinny"),
    "mpl_toolkits": ("matplotlib",),
    "MySQLdb": ("mysqlclient",),
    "nacl": ("pynacl",),
    "OpenSSL": ("pyopenssl",),
    "osgeo": ("gdal",),
    "PIL": ("pillow",),
    "pkg_resources": ("setuptools",),
    "pptx": ("python-pptx",),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "pylab": ("matplotlib",),
    "pythoncom": ("pywin32",),
    "pywt": ("pywavelets",),
    "serial": ("pyserial",),
    "shapefile": ("pyshp",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "slugify": ("python-slugify",),
    "snowflake.connector": ("snowflake-connector-python",),
    "snowflake.snowpark": ("snowflake-snowpark-python",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "tlz": ("toolz",),
    "umap": ("umap-learn",),
    "usb": ("pyusb",),
    "win32com": ("pywin32",),
    "wx": ("wxpython",),
    "xgboost": ("xgboost", "xgboost-cpu"),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}


def names_of_files(files: Iterable[str]) -> set[str]:
    """The shortest prefixes that these installed files (POSIX, relative to the folder of packages) bring by themselves.

    A folder with an `__init__` is a package of theirs; one without may be shared with other packages, so that what lies in it counts.
    """
    code = [
        parts
        for name in files
        if name.endswith(_SUFFIXES) and (parts := name.split("/"))[0] not in ("", "..", "__pycache__")
    ]
    owned = {tuple(parts[:-1]) for parts in code if parts[-1].partition(".")[0] == "__init__"}
    return {name for parts in code if (name := _prefix(parts, owned))}


def by_longest_prefix(module: str, table: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The packages that the module comes from: `a.b.c`, else `a.b`, else `a`. Empty where the table has none of them."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        found = table.get(".".join(parts[:length]))
        if found is not None:
            return tuple(found)
    return ()


def is_shared(module: str, table: Mapping[str, Iterable[str]]) -> bool:
    """Whether it is a folder that packages share: something in it can be imported, itself it belongs to nobody."""
    return any(name.startswith(f"{module}.") for name in table)


def _prefix(parts: list[str], owned: set[tuple[str, ...]]) -> str:
    """The module's outermost folder that has an `__init__`, or the module itself; "" for what cannot be imported."""
    folders, module = parts[:-1], parts[-1].partition(".")[0]
    for depth in range(1, len(folders) + 1):
        if tuple(folders[:depth]) in owned:
            return ".".join(folders[:depth])
    whole = [*folders, module]
    return ".".join(whole) if all(part.isidentifier() for part in whole) else ""
