//! Programs that tutor once got wrong, as small as they still showed it. Real Python says what is right.

use super::Care;
use super::compare::judge;
use super::program::{Program, parse};
use super::python::Python;

/// What every program begins with.
const HEAD: &str = "import asyncio, copy, functools, json, os, random, re, textwrap, time\nimport acme_tools, boto3\n\
                    client = boto3.client(\"bedrock-runtime\")\ndef send(value):\n    client.invoke_model(modelId=\"m\", \
                    body=json.dumps({\"v\": value}))";

/// What went wrong, and the program that shows it.
const CASES: &[(&str, &str)] = &[
    (
        "the attributes of an object are changed through its dict",
        "class C: pass\no = C()\no.a = \"old\"\nvars(o)[\"a\"] = \"new\"\nsend(o.a)\no.__dict__.update(a=\"newer\")\nsend(o.a)",
    ),
    ("DEL is escaped in ASCII JSON", "send(json.dumps(\"\\x7f\"))"),
    (
        "a carriage return is white space to textwrap",
        "send(textwrap.fill(\"line1\\nline2\\r\\nline3\" * 4, 20))",
    ),
    ("a bool is formatted as a number", "send(f\"{True:,} {True:+} {True:>12} {True:d} {True}\")"),
    (
        "the `else` of a `try` runs only if nothing was raised",
        "try:\n    print(int(input(\"n: \")))\nexcept Exception:\n    pass\nelse:\n    send(\"else\")",
    ),
    (
        "an unknown callee may keep the `else` of a `try` from running",
        "try:\n    send(\"body\")\n    acme_tools.touch(1)\nexcept Exception:\n    pass\nelse:\n    send(\"else\")",
    ),
    (
        "adding to a list nobody knows may raise",
        "try:\n    for x in [\"a\"] + os.listdir(\".\"):\n        y = time.time()\nexcept Exception:\n    pass\nelse:\n    send(\"else\")",
    ),
    (
        "`any` and `all` over what nobody knows",
        "names = acme_tools.names()[::-1]\nsend(\"any\" if any(\"1\" in x for x in names) else \"none\")\nsend(\"all\" if all(\"1\" in x for x in names) else \"some\")",
    ),
    (
        "which handler runs is open while an earlier statement may raise otherwise",
        "try:\n    acme_tools.touch(1)\n    int(\"w9\")\nexcept ValueError:\n    send(\"value\")\nexcept Exception:\n    pass",
    ),
    (
        "an unknown call in an argument may raise, before what surely raises",
        "try:\n    x = json.dumps(acme_tools.settings())\n    raise RuntimeError(\"known\")\nexcept RuntimeError:\n    send(\"runtime\")\nexcept Exception:\n    pass",
    ),
    (
        "an unknown call in a request may raise, before what surely raises",
        "try:\n    client.invoke_model(modelId=\"m\", body=json.dumps(dict(acme_tools.settings(), a=1)))\n    print({}[\"missing\"])\nexcept KeyError:\n    send(\"key\")\nexcept Exception:\n    pass",
    ),
    (
        "an unknown call alone may raise, before what surely raises",
        "try:\n    x = acme_tools.settings()\n    raise RuntimeError(\"known\")\nexcept RuntimeError:\n    send(\"runtime\")\nexcept Exception:\n    pass",
    ),
    (
        "an unknown condition decides what raises",
        "try:\n    x = acme_tools.fetch(\"a\")\n    if x is not None:\n        raise RuntimeError(\"known\")\nexcept RuntimeError:\n    send(\"runtime\")\nexcept Exception:\n    pass",
    ),
    (
        "typed input may be no number, before what surely raises",
        "try:\n    n = int(input(\"n: \"))\n    raise KeyError(\"known\")\nexcept KeyError:\n    send(\"key\")\nexcept Exception:\n    pass",
    ),
    (
        "an unknown callee that returned once may raise later",
        "print(acme_tools.fetch(1))\nv = len(w := \"w11\")\ntry:\n    k = {\"body\": json.dumps(json.loads(json.dumps(acme_tools.settings())))}\n    if w is not None: raise RuntimeError(\"perhaps\")\nexcept RuntimeError as e:\n    send(\"runtime\")\nexcept Exception:\n    pass",
    ),
    (
        "`any` over what nobody knows, in a value",
        "names: object = acme_tools.names()\nbody = {\"prompt\": (\"one\" if any(\"1\" in x for x in names) else \"none\")}\nsend(body)",
    ),
    (
        "`any` over a default that nobody knows",
        "def f(files=os.listdir(\".\")):\n    return \"one\" if any(\"1\" in x for x in files) else \"none\"\nsend(f())",
    ),
    (
        "the constructor of a dataclass is called by its child",
        "from dataclasses import dataclass, field\n@dataclass\nclass D:\n    a: str = \"default\"\nclass C(D):\n    def __init__(self, p):\n        super().__init__(p)\nsend(C(\"given\").a)",
    ),
    (
        "a method changes another object's list while arguments are made",
        "from dataclasses import dataclass, field\n@dataclass\nclass D:\n    a: str = \"w\"\n    b: list = field(default_factory=list)\none = D()\nclass C(D):\n    def __init__(self, p):\n        super().__init__(p)\n    def m(self):\n        one.b.append(\"late\")\n        return self.a + acme_tools.fetch(\"a\")\ntwo = C(\"x\")\nprint(two.m(), (\", \".join(os.listdir(\".\"))).split()[0])\nsend(len(one.b))",
    ),
    (
        "a function that lists files may raise",
        "def f():\n    return [\"a\"] + os.listdir(\".\")\ntry:\n    f()\n    print(int(\"x\"))\nexcept ValueError:\n    send(\"value\")\nexcept Exception:\n    pass",
    ),
    (
        "a name that may not be bound raises",
        "if acme_tools.ready():\n    late = \"bound\"\ntry:\n    print(late)\n    send(\"after\")\nexcept NameError:\n    send(\"handler\")",
    ),
];

#[test]
fn what_once_was_wrong_is_right() {
    let mut python = Python::start();
    let programs: Vec<Vec<String>> =
        CASES.iter().map(|(_, text)| Program(vec![parse(HEAD), parse(text)]).fences()).collect();
    let runs = python.run(&programs, Care::Strict);
    let complaints: Vec<String> = CASES
        .iter()
        .zip(programs.iter().zip(&runs))
        .filter_map(|((name, _), (fences, runs))| {
            assert!(runs.iter().any(|run| run.completed), "{name}: {:?}", runs.first().map(|run| &run.error));
            judge(fences, runs).complaint.map(|complaint| format!("{name}: {complaint}"))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
