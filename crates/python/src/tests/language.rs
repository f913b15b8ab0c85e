//! The language and its library, against what Python 3.11 says.

use super::said;

/// Each program and what Python says when it runs.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("a = [1, 2]\nb = a\nb.append(3)\nsay(str(a))", &["[1, 2, 3]"]),
    (
        "say(f\"{'a'!r:>5}|{3.14159:.2f}|{1234567:,}|{'x':^5}|{0.5:.0%}|{255:#x}|{5:03d}|{-3.0}|{1e20}|{1e-7}\")",
        &["  'a'|3.14|1,234,567|  x  |50%|0xff|005|-3.0|1e+20|1e-07"],
    ),
    (
        "def f(x, *args, k=2, **kw):\n    return f'{x} {args} {k} {kw}'\nsay(f(1))\nsay(f(1, 2, 3, k=5, z=1))\nsay(f(*[1, 2], **{'q': 3}))",
        &["1 () 2 {}", "1 (2, 3) 5 {'z': 1}", "1 (2,) 2 {'q': 3}"],
    ),
    (
        "class A:\n    n = 0\n    def __init__(self, v):\n        self.v = v\n        A.n += 1\n    def go(self): return f'A{self.v}'\n    @property\n    def p(self): return self.v * 2\n    @classmethod\n    def c(cls): return cls.__name__\nclass B(A):\n    def __init__(self, v): super().__init__(v + 1)\n    def go(self): return 'B' + super().go()\nb = B(1)\nB(2)\nsay(b.go() + str(b.p) + B.c() + str(A.n))",
        &["BA24B2"],
    ),
    (
        "try:\n    {}['x']\nexcept KeyError as e:\n    say('key ' + str(e))\nfinally:\n    say('end')\ntry:\n    int('abc')\nexcept ValueError as e:\n    say(str(e))",
        &["key 'x'", "end", "invalid literal for int() with base 10: 'abc'"],
    ),
    (
        "def gen():\n    for i in range(3):\n        say(f'g{i}')\n        yield i\nfor v in gen():\n    say(f'c{v}')\n    if v == 1: break",
        &["g0", "c0", "g1", "c1"],
    ),
    ("fs = [lambda: i for i in range(3)]\nsay(str([f() for f in fs]))", &["[2, 2, 2]"]),
    (
        "def counter():\n    c = 0\n    def inc():\n        nonlocal c\n        c += 1\n        return c\n    return inc\nk = counter()\nk()\nsay(str(k()))",
        &["2"],
    ),
    (
        "match {'t': 'a', 'v': [1, 2, 3]}:\n    case {'t': 'b'}: say('b')\n    case {'t': t, 'v': [x, *r]} if x == 1: say(f'{t}{x}{r}')\n    case _: say('none')",
        &["a1[2, 3]"],
    ),
    ("say('%s-%d-%.2f-%r-%5s|%-5s|%%' % ('a', 3, 2.5, 'q', 'x', 'y'))", &["a-3-2.50-'q'-    x|y    |%"]),
    ("say('{0}{1}{0} {n:>4} {x[k]} {y!r}'.format('a', 'b', n='n', x={'k': 1}, y='z'))", &["aba    n 1 'z'"]),
    ("from string import Template\nsay(Template('$a ${b} $$').substitute(a=1, b=2))", &["1 2 $"]),
    ("import textwrap\nsay(textwrap.dedent('''\n    a\n      b\n    c'''))", &["\na\n  b\nc"]),
    (
        "say(str(7 // -2) + ' ' + str(-7 % 3) + ' ' + str(7 / 2) + ' ' + str(round(2.5)) + ' ' + str(round(2.675, 2)) + ' ' + str(10 ** 20))",
        &["-4 2 3.5 2 2.67 100000000000000000000"],
    ),
    ("x = [[0] * 2] * 2\nx[0][0] = 1\nsay(str(x))", &["[[1, 0], [1, 0]]"]),
    ("def f(v=[]):\n    v.append(1)\n    return v\nf()\nsay(str(f()))", &["[1, 1]"]),
    (
        "from dataclasses import dataclass, field\n@dataclass\nclass D:\n    a: int\n    b: str = 'x'\n    c: list = field(default_factory=list)\nd = D(1)\ne = D(1)\nd.c.append(5)\nsay(f'{d} {d == e}')",
        &["D(a=1, b='x', c=[5]) False"],
    ),
    (
        "from enum import Enum\nclass C(Enum):\n    R = 'r'\n    G = 'g'\nsay(C.R.value + C.G.name + C('g').name + str([c.value for c in C]))",
        &["rGG['r', 'g']"],
    ),
    (
        "import re\nsay(re.sub(r'\\s+', ' ', 'a  b\\n\\nc'))\nsay(re.search(r'<x>(.*?)</x>', 'q<x>hi</x>').group(1))",
        &["a b c", "hi"],
    ),
    (
        "say(json.dumps({'b': 1, 'a': [2.0, None]}, sort_keys=True, indent=1))",
        &["{\n \"a\": [\n  2.0,\n  null\n ],\n \"b\": 1\n}"],
    ),
    (
        "import copy\na = {'x': [1]}\nb = copy.deepcopy(a)\nc = copy.copy(a)\nb['x'].append(2)\nc['x'].append(3)\nsay(str(a) + str(b))",
        &["{'x': [1, 3]}{'x': [1, 2]}"],
    ),
    (
        "import functools\n@functools.lru_cache\ndef f(x):\n    say('called' + str(x))\n    return x\nf(1)\nf(1)\nf(2)",
        &["called1", "called2"],
    ),
    (
        "import asyncio\nasync def ask(x):\n    say(x)\n    return x\nasync def main():\n    await asyncio.gather(*[ask(q) for q in 'ab'])\nasyncio.run(main())",
        &["a", "b"],
    ),
    (
        "class M:\n    def __enter__(self):\n        say('in')\n    def __exit__(self, *a):\n        say('out')\n        return True\nwith M():\n    raise ValueError('x')\nsay('after')",
        &["in", "out", "after"],
    ),
    ("def f():\n    try:\n        return say('ret')\n    finally:\n        say('fin')\nf()", &["ret", "fin"]),
    ("a, *b, c = [1, 2, 3, 4]\nsay(f'{a}{b}{c}')\nif (y := a + 1) > 1: say(str(y))", &["1[2, 3]4", "2"]),
    (
        "d = {'a': 1, 'b': 2}\nfor k in list(d):\n    d[k + k] = d.pop(k)\nsay(str(d))",
        &["{'aa': 1, 'bb': 2}"],
    ),
    ("say(repr(\"it's\") + repr('a\"b') + repr('\\n\\x00é'))", &["\"it's\"'a\"b''\\n\\x00é'"]),
    ("say(str(sorted({3, 1, 2})) + str(2 in {2}))", &["[1, 2, 3]True"]),
];

#[test]
fn programs_say_what_python_says() {
    for (program, expected) in PROGRAMS {
        assert_eq!(&said(program), expected, "\n{program}");
    }
}

#[test]
fn an_invoke_model_body_is_what_its_json_says() {
    let findings = super::read(&["import boto3, json\n\
        body = json.dumps({'prompt': f'{1 + 1} é', 'n': 1.0})\n\
        boto3.Session().client(service_name='bedrock-runtime').invoke_model(modelId='x', body=body.encode(), trace='ENABLED')"]);
    let tutor_bedrock::found::Finding::Resolved(call) = &findings.calls[0].finding else {
        panic!("{findings:?}")
    };
    assert_eq!(call.body.to_compact(), r#"{"prompt":"2 é","n":1.0}"#);
    assert_eq!(call.options.trace.as_deref(), Some("ENABLED"));
}

#[test]
fn bytes_in_a_converse_request_go_as_base64() {
    let findings = super::read(&[
        super::PRELUDE,
        "client.converse(modelId='m', messages=[{'role': 'user', 'content': [{'image': {'format': 'png', 'source': {'bytes': b'hello'}}}]}])",
    ]);
    let tutor_bedrock::found::Finding::Resolved(call) = &findings.calls[1].finding else {
        panic!("{findings:?}")
    };
    let bytes = call.body.pointer("/messages/0/content/0/image/source/bytes");
    assert_eq!(bytes.and_then(tutor_bedrock::Json::as_str), Some("aGVsbG8="));
}
