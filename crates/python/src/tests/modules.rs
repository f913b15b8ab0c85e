//! Modules of the chapter's own, beside it or on a `sys.path` that its code sets.

use std::collections::HashMap;

use super::{PRELUDE, sources, told};
use tutor_bedrock::found::{Files, NoAnswers};

struct Folder(HashMap<&'static str, &'static str>);

impl Files for Folder {
    fn text(&self, path: &str) -> Option<String> {
        self.0.get(path).map(|text| (*text).to_owned())
    }
}

fn said(files: &[(&'static str, &'static str)], fences: &[&str]) -> Vec<String> {
    let sources = sources(fences);
    let folder = Folder(files.iter().copied().collect());
    told(&crate::read(&sources.iter().collect::<Vec<_>>(), &NoAnswers, &folder))
}

const HELPER: (&str, &str) = (
    "helper.py",
    "import boto3\nMODEL = 'm'\ncount = 0\nclient = boto3.client('bedrock-runtime')\ndef ask(text):\n    global count\n    count += 1\n    return client.converse(modelId=MODEL, messages=[{'role': 'user', 'content': [{'text': f'{text}{count}'}]}])\ndef idle(): return client.converse(modelId='m', messages=[])\n_hidden = 1",
);

#[test]
fn helpers_clients_and_constants_of_a_module_beside_are_known() {
    assert_eq!(said(&[HELPER], &["from helper import ask\nask('a')", "ask('b')"]), ["a1", "b2"]);
    assert_eq!(
        said(&[HELPER], &["import helper\nhelper.ask('a')\nhelper.count = 7\nhelper.ask('b')"]),
        ["a1", "b8"]
    );
    assert_eq!(
        said(&[HELPER], &["import helper as h\nh.ask('a')\nimport helper\nhelper.ask(h.MODEL)"]),
        ["a1", "m2"]
    );
    assert_eq!(
        said(
            &[HELPER],
            &[
                "from helper import *\nask('a')\nclient.converse(modelId=MODEL, messages=[{'role': 'user', 'content': [{'text': 'x'}]}])"
            ]
        ),
        ["a1", "x"]
    );
}

#[test]
fn a_module_has_names_of_its_own() {
    let files =
        [HELPER, ("other.py", "from helper import ask\ndef twice(text):\n    ask(text)\n    ask(text)")];
    let code = "MODEL = 'mine'\ncount = 40\ndef ask(text): pass\nfrom other import twice\ntwice('a')";
    assert_eq!(said(&files, &[code]), ["a1", "a2"]);
    assert_eq!(
        said(
            &[("bare.py", "def f(): return missing")],
            &[PRELUDE, "missing = 'x'\nfrom bare import f\nsay(f())"]
        ),
        ["? the fence ends before, with NameError"]
    );
}

#[test]
fn packages_and_relative_imports_are_followed() {
    let files = [
        ("tools/__init__.py", "from .clients import client"),
        ("tools/clients.py", "import boto3\nclient = boto3.client('bedrock-runtime')"),
        (
            "tools/talk/ask.py",
            "from ..clients import client\nfrom .texts import HELLO\ndef ask(): return client.converse(modelId='m', messages=[{'role': 'user', 'content': [{'text': HELLO}]}])",
        ),
        ("tools/talk/texts.py", "HELLO = 'hello'"),
    ];
    assert_eq!(said(&files, &["from tools.talk.ask import ask\nask()"]), ["hello"]);
    assert_eq!(said(&files, &["import tools.talk.ask\ntools.talk.ask.ask()"]), ["hello"]);
    assert_eq!(said(&files, &["from tools.talk import ask\nask.ask()"]), ["hello"]);
}

#[test]
fn folders_that_code_puts_on_the_path_are_looked_in() {
    let at = |path: &'static str| (path, HELPER.1);
    for (path, code) in [
        ("../helper.py", "sys.path.append('..')"),
        ("lib/helper.py", "sys.path.insert(0, 'lib')"),
        ("../lib/helper.py", "sys.path.append(os.path.join('..', 'lib'))"),
        ("../lib/helper.py", "sys.path.append(os.path.abspath(os.path.join(os.getcwd(), '..', 'lib')))"),
        ("../helper.py", "sys.path.append(str(Path.cwd().parent))"),
        ("../helper.py", "root = Path().resolve().parents[0]\nsys.path.insert(0, str(root))"),
        ("../helper.py", "module_path = '..'\nsys.path.append(os.path.abspath(module_path))"),
        ("../lib/helper.py", "sys.path += ['../lib']"),
        ("lib/helper.py", "sys.path.append(str(Path(__file__).parent / 'lib'))"),
    ] {
        let code =
            format!("import os, sys\nfrom pathlib import Path\n{code}\nfrom helper import ask\nask('a')");
        assert_eq!(said(&[at(path)], &[&code]), ["a1"], "{code}");
    }
    assert_eq!(
        said(
            &[at("/etc/helper.py")],
            &["import sys\nsys.path.append('/etc')\nfrom helper import ask\nask('a')"]
        )
        .len(),
        0
    );
}

#[test]
fn what_goes_wrong_in_a_module_is_told_with_its_file() {
    let broken = ("helper.py", "def ask(:");
    assert_eq!(
        said(&[broken], &[PRELUDE, "from helper import ask\nsay(ask())"]),
        ["? `ask` comes from `helper`, which does not parse"]
    );
    let open = ("helper.py", "name = input()\ndef greet(): return f'hello {name}'");
    assert_eq!(
        said(&[open], &[PRELUDE, "from helper import greet\nsay(greet())"]),
        ["? `name` comes from `input()` (helper.py, line 1)"]
    );
    let unset = ("helper.py", "x = 1");
    assert_eq!(
        said(&[unset], &[PRELUDE, "from helper import y\nsay(y)"]),
        ["? `y` comes from `helper`, which has no `y`"]
    );
}

#[test]
fn modules_that_import_each_other_or_without_end_are_read_once() {
    let files = [("a.py", "import b\nX = 'x'"), ("b.py", "import a\ndef get(): return a.X")];
    assert_eq!(said(&files, &[PRELUDE, "import a, b\nsay(b.get())"]), ["x"]);
    struct Endless;
    impl Files for Endless {
        fn text(&self, path: &str) -> Option<String> {
            let name = path.strip_suffix(".py").filter(|name| !name.contains('/'))?;
            Some(format!("import {name}x\nimport {name}y"))
        }
    }
    let sources = sources(&["import m"]);
    let _ = crate::read(&sources.iter().collect::<Vec<_>>(), &NoAnswers, &Endless);
}
