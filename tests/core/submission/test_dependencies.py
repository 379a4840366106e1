from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from enablement_ext.core.notebook.code_references import uses_of_cells
from enablement_ext.core.review.models import FileRole
from enablement_ext.core.submission.dependencies import Dependencies, MissingCode, Use, UseCode, find_dependencies


@dataclass(frozen=True)
class Files:
    """A home in memory: text by path."""

    texts: Mapping[str, str]

    def size(self, path: str) -> int | None:
        return len(self.texts[path]) if path in self.texts else None

    def is_folder(self, path: str) -> bool:
        return any(name.startswith(f"{path}/") for name in self.texts)

    def below(self, path: str, limit: int) -> list[str]:
        return sorted(name for name in self.texts if name.startswith(f"{path}/" if path else ""))[:limit]

    def text(self, path: str) -> str | None:
        return self.texts.get(path)


def found(*cells: str, at: str = "team/churn.ipynb", **texts: str) -> Dependencies:
    """What is found for these code cells; files are named with __ for / and a final _py or _csv for the ending."""
    files = {
        name.replace("__", "/").replace("_py", ".py").replace("_csv", ".csv"): text for name, text in texts.items()
    }
    return find_dependencies(at, enumerate(cells, 1), Files(files))


def paths(dependencies: Dependencies, role: FileRole | None = None) -> list[str]:
    return [file.path for file in dependencies.files if role in (None, file.role)]


def test_a_local_module_is_found_beside_the_notebook_and_a_library_is_not() -> None:
    result = found("import pandas as pd", "import features, os", team__features_py="", other__pandas_py="")
    assert [(file.path, file.role, file.use, file.sure) for file in result.files] == [
        ("team/features.py", FileRole.MODULE, Use(UseCode.IMPORTED, {"cell": 2, "module": "features"}), True)
    ]
    assert not result.missing


def test_modules_are_followed_transitively_with_packages_and_relative_imports() -> None:
    texts = {
        "team/model/__init__.py": "",
        "team/model/train.py": "from . import data\nfrom .deep.net import Net\nfrom ..outside import x\nimport features",
        "team/model/data.py": "import features",
        "team/model/deep/__init__.py": "",
        "team/model/deep/net.py": "from ..data import load",
        "team/features.py": "import model.train",
        "team/model/unused.py": "",
    }
    result = find_dependencies("team/churn.ipynb", [(1, "from model.train import fit")], Files(texts))
    assert set(paths(result)) == texts.keys() - {"team/model/unused.py"}
    assert [file.use for file in result.files if file.path.endswith("net.py")] == [
        Use(UseCode.IMPORTED, {"file": "train.py", "module": ".deep.net"})
    ]


def test_from_package_import_module_and_packages_without_init() -> None:
    result = found(
        "from lib import stats, CONSTANT", "import space.deep.mod", team__lib__stats_py="", team__space__deep__mod_py=""
    )
    assert paths(result) == ["team/lib/stats.py", "team/space/deep/mod.py"]


def test_sys_path_is_searched() -> None:
    result = found(
        "import sys\nsys.path.insert(0, '../src')\nsys.path.append('/opt/x')",
        "import tools",
        src__tools_py="import inner",
        src__inner_py="",
    )
    assert paths(result) == ["src/tools.py", "src/inner.py"]


@pytest.mark.parametrize(
    "code",
    [
        "pd.read_csv('data/a.csv')",
        "pd.read_csv(filepath_or_buffer='data/a.csv')",
        "open('data/a.csv')",
        "open('./data/a.csv', 'rb')",
        "np.loadtxt('../team/data/a.csv')",
        "Path('data/a.csv').read_text()",
        "(Path('data') / 'a.csv').open()",
        "pd.read_csv(Path('data') / 'a.csv')",
        "pd.read_csv(Path.cwd() / 'data' / 'a.csv')",
        "pd.read_csv(Path('data').resolve().joinpath('a.csv'))",
        "pd.read_csv(os.path.join('data', 'a.csv'))",
        "FOLDER: str = 'data'\npd.read_csv(f'{FOLDER}/a.csv')",
        "FOLDER = Path('data')\nif True:\n    with open(FOLDER / 'a.csv') as f:\n        pass",
        "pd.read_csv('data' + '/a.csv')",
        "%matplotlib inline\n!ls\nx = !ls\npd.read_csv?\npd.read_csv('data/a.csv')",
        "if True:\n    %time pd.head()\n    pd.read_csv('data/a.csv')",
        "%%time\npd.read_csv('data/a.csv')",
        "x = (10\n % 3)\npd.read_csv('data/a.csv')",
    ],
)
def test_data_that_is_read(code: str) -> None:
    result = found(code, team__data__a_csv="1,2")
    assert [(file.path, file.size, file.role, file.sure) for file in result.files] == [
        ("team/data/a.csv", 3, FileRole.DATA, True)
    ]
    assert (result.files[0].use.code, result.files[0].use.facts["cell"]) == (UseCode.READ, 1)


def test_a_constant_of_an_earlier_cell_is_known() -> None:
    assert paths(found("DATA = 'a.csv'", "x = 1", "pd.read_csv(DATA)", team__a_csv="")) == ["team/a.csv"]
    (file,) = found("DATA = 'a.csv'", "x = 1", "pd.read_csv(DATA)", team__a_csv="").files
    assert file.use == Use(UseCode.READ, {"cell": 3, "by": "read_csv"})
    assert not found("DATA = 'a.csv'", "DATA = find()", "pd.read_csv(DATA)").missing


def test_a_file_that_is_only_named_is_offered_but_not_sure() -> None:
    result = found("show('a.csv')", "note = 'b.csv'", team__a_csv="")
    assert [(file.path, file.use, file.sure) for file in result.files] == [
        ("team/a.csv", Use(UseCode.NAMED, {"cell": 1}), False)
    ]
    assert not result.missing


def test_a_module_reads_data_beside_the_notebook() -> None:
    result = found("import features", team__features_py="x = pd.read_csv('a.csv')", team__a_csv="")
    assert paths(result) == ["team/features.py", "team/a.csv"]
    assert result.files[1].use == Use(UseCode.READ, {"file": "features.py", "by": "read_csv"})


def test_a_script_that_is_run_is_followed() -> None:
    assert paths(found("%run -i prepare.py", team__prepare_py="import features", team__features_py="")) == [
        "team/prepare.py",
        "team/features.py",
    ]


def test_what_is_missing_is_said_with_the_reason() -> None:
    result = found(
        "pd.read_csv('gone.csv')\npd.read_csv('/home/dana/a.csv')\nopen(r'C:\\Users\\a.csv')\nopen('~/a.csv')",
        "pd.read_csv('../../a.csv')\n%run gone.py\nglob.glob('none/*.csv')",
    )
    assert {item.path: (item.code, item.facts) for item in result.missing} == {
        "gone.csv": (MissingCode.GONE, {"cell": 1}),
        "/home/dana/a.csv": (MissingCode.ABSOLUTE, {"cell": 1}),
        "C:\\Users\\a.csv": (MissingCode.ABSOLUTE, {"cell": 1}),
        "~/a.csv": (MissingCode.ABSOLUTE, {"cell": 1}),
        "../../a.csv": (MissingCode.OUTSIDE, {"cell": 2}),
        "gone.py": (MissingCode.GONE, {"cell": 2}),
        "none/*.csv": (MissingCode.GONE, {"cell": 2}),
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pd.read_parquet('parts')", ["team/parts/a.csv", "team/parts/b.csv", "team/parts/deep/c.csv"]),
        ("glob.glob('parts/*.csv')", ["team/parts/a.csv", "team/parts/b.csv"]),
        ("Path('parts').glob('[a]*')", ["team/parts/a.csv"]),
        ("sorted(Path('parts').rglob('c.csv'))", ["team/parts/deep/c.csv"]),
        ("Path('parts').rglob('*.csv')", ["team/parts/a.csv", "team/parts/b.csv", "team/parts/deep/c.csv"]),
        ("glob.glob('p*/*.csv')", ["team/parts/a.csv", "team/parts/b.csv"]),
    ],
)
def test_the_files_of_a_folder_or_a_pattern_that_is_read(code: str, expected: list[str]) -> None:
    result = found(code, team__parts__a_csv="", team__parts__b_csv="", team__parts__deep__c_csv="", other__d_csv="")
    assert paths(result) == expected
    assert all(file.sure for file in result.files)
    assert not result.missing


def test_of_a_large_folder_two_hundred_files_are_offered() -> None:
    files = Files({f"parts/{number:04}.csv": "" for number in range(1000)})
    assert len(find_dependencies("n.ipynb", [(1, "pd.read_parquet('parts')")], files).files) == 200


@pytest.mark.parametrize(
    "code",
    [
        "pd.read_csv('https://example.org/a.csv')", "pd.read_parquet('s3://bucket/a.parquet')", "sqlite3.connect(':memory:')", "load('iris')",
        "open('/dev/null')", "open('out.txt', 'w')", "open('out.txt', mode='a')", "df.to_csv('out.csv')", "df.to_csv('o.csv')\npd.read_csv('o.csv')",
        "pd.read_csv(name)", "pd.read_csv(f'{name}.csv')", "pd.read_csv(io.StringIO('a.csv'))", "Path('out.csv').write_text('x')", "create_engine('postgresql://u@h/db')",
    ],
)  # fmt: skip
def test_what_is_not_missing(code: str) -> None:
    assert not found(code).missing
    assert not found(code).files


def test_what_the_notebook_itself_writes_is_offered_but_not_sure() -> None:
    result = found(
        "df.to_csv('a.csv')\nplt.savefig('b.csv')\njoblib.dump(m, 'c.csv')",
        "pd.read_csv('a.csv')",
        team__a_csv="",
        team__b_csv="",
        team__c_csv="",
    )
    assert [(file.use, file.sure) for file in result.files] == [(Use(UseCode.WRITTEN), False)] * 3


def test_of_a_cell_that_is_not_python_the_imports_count() -> None:
    result = found(
        "import features\nthis is not python",
        "%%bash\nimport nothing",
        "%%sql\nfrom nothing",
        team__features_py="",
        team__nothing_py="",
    )
    assert paths(result) == ["team/features.py"]


def test_the_notebook_itself_is_not_among_its_files() -> None:
    result = find_dependencies("churn.ipynb", [(1, "open('churn.ipynb')")], Files({"churn.ipynb": ""}))
    assert result == Dependencies((), ())


HOSTILE = pytest.mark.parametrize(
    "source",
    ["(" * 5000, "x" + "+x" * 5000, "x" + ".x" * 5000, "-" * 50_000 + "1", " " * 200_000 + "?", "\n" * 200_000, "%run " + "-x " * 50_000, "a, " * 60_000 + "!",
     "import a " * 50_000, "import " + "a." * 9999, "\0", "\ud800", "open('" + "../" * 9999 + "x')",
     "open('a\\0b.csv')", "from " + "." * 9999 + " import a", pytest.param("import a\n" * 100_000, marks=pytest.mark.slow)],
)  # fmt: skip


@HOSTILE
def test_hostile_sources_are_answered(source: str) -> None:
    assert found(source).files == ()  # nothing lies beside it


@pytest.mark.timing
@HOSTILE
def test_hostile_sources_are_answered_fast(source: str) -> None:
    began = time.process_time()
    found(source)
    assert time.process_time() - began < 5


def test_a_long_chain_of_modules_is_followed_up_to_a_limit() -> None:
    texts = {f"m{number}.py": f"import m{number + 1}" for number in range(2000)}
    result = find_dependencies("n.ipynb", [(1, "import m0")], Files(texts))
    assert len(result.files) == 300


@pytest.mark.parametrize("seed", range(4))
def test_no_source_raises(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [
        "import a",
        "from . import b",
        "%run x.py",
        "!ls",
        "open('a.csv')",
        "Path('x')/'y.csv'",
        "f'{a}'",
        "(",
        ")",
        "\n",
        "  ",
        "?",
        "é",
        "\\",
        "'",
        "\t",
        ":",
        "a = ",
        "%%time\n",
    ]
    for _ in range(500):
        source = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 12)))
        uses_of_cells([(1, source)])
        found(source, source, team__a_py=source, team__x_py=source)
