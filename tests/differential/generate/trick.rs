//! Small patterns in which a stale or guessed value would show: shared, late, lazy and shadowed things.
//!
//! In a pattern `@t` is a text, `@l`, `@o`, `@m` are variables or literals (texts, options,
//! messages), `@c` a condition, `@u` a text nobody knows, `@1` to `@4` fresh names, `@w` a new word,
//! and `@send(…)` a request with the value of `…`.

use super::super::program::{Statement, parse};
use super::{Type, Writer};

pub(super) const TRICKS: &[&str] = &[
    // Closures see the variable, not its value.
    "@1 = [lambda: @2 for @2 in [@t, @t]]\n@send([f() for f in @1])",
    "@1 = @t\n@2 = lambda: @1\n@1 = @t\n@send(@2())",
    "def @1(x=[]):\n    x.append(@t)\n    return x\n@1()\n@send(@1())",
    "def @1(key, kept={}):\n    kept[key] = @t\n    return kept\n@2 = @1(\"a\")\n@1(\"b\")\n@send(@2)",
    // Callbacks.
    "def @1(fn, items):\n    return [fn(item) for item in items]\ndef @2(item):\n    @send(item)\n    return item\n@3 = @1(@2, @l)\n@send(@3)",
    "@1 = functools.partial(client.invoke_model, modelId=\"m\")\n@1(body=json.dumps({\"v\": @t}))",
    "@1 = client.converse\n@1(modelId=\"m\", messages=@m)",
    "@1 = getattr(client, \"converse\")\n@1(modelId=\"m\", messages=@m)",
    "@1 = {\"a\": lambda x: x.upper(), \"b\": str.lower}\n@send(@1[\"a\"](@t) + @1[\"b\"](@t))",
    "@1 = sorted(@l, key=lambda x: (len(x), x), reverse=True)\n@send(@1)",
    // Laziness.
    "@1 = @l\n@2 = (x for x in @1)\n@1.append(@t)\n@send(list(@2))",
    "@1 = @l\n@2 = map(lambda x: x + \"!\", @1)\n@1.append(@t)\n@send(list(@2))\n@send(list(@2))",
    "@1 = (@send(x) for x in [@t, @t])",
    "@1 = (@send(x) for x in [@t, @t])\nnext(@1)",
    "@1 = map(lambda x: @send(x), [@t])",
    "any(@send(x) is None or x for x in [@t, @t])",
    "@1 = iter([@t, @t, @t])\nnext(@1)\n@send(list(@1))",
    "@1 = @o\n@2 = @1.keys()\n@1[\"late\"] = @t\n@send(list(@2))",
    "def @1():\n    try:\n        yield @t\n        yield @t\n    finally:\n        @send(@t)\nfor @2 in @1():\n    @send(@2)\n    break",
    "def @1():\n    @2 = yield @t\n    @send(@2)\n    yield @t\n@3 = @1()\nnext(@3)\n@3.send(@t)",
    "@1, @2 = itertools.tee([@t, @t])\n@send(list(@1) + list(@2))",
    // Objects with their own ideas.
    "class @1:\n    def __init__(self):\n        self.n = 0\n    def __str__(self):\n        self.n += 1\n        return f\"@w {self.n}\"\n@2 = @1()\n@send(f\"{@2} {@2}\")",
    "class @1:\n    def __getitem__(self, key):\n        @send(key)\n        return key * 2\n@send(@1()[@t])",
    "class @1:\n    def __call__(self, x):\n        return x + \"@w\"\n@send(@1()(@t))",
    "class @1:\n    def __enter__(self):\n        @send(@t)\n        return @t\n    def __exit__(self, kind, value, trace):\n        @send(@t)\n        return True\nwith @1() as @2:\n    @send(@2)\n    raise ValueError(\"known\")\n    @send(@t)",
    "class @1:\n    def __bool__(self):\n        return @c\nif @1():\n    @send(@t)\nelse:\n    @send(@t)",
    "class @1:\n    def __eq__(self, other):\n        return True\n@send(\"yes\" if @1() == @t else \"no\")",
    "class @1:\n    def __len__(self):\n        return 0\n@send(\"full\" if @1() else \"empty\")",
    "class @1:\n    def __getattr__(self, name):\n        return name + \"@w\"\n@send(@1().anything)",
    "class @1:\n    items = []\n    def add(self, x):\n        self.items.append(x)\n@2, @3 = @1(), @1()\n@2.add(@t)\n@3.add(@t)\n@send(@2.items)",
    "class @1:\n    count = 0\n    def __init__(self):\n        type(self).count += 1\n        self.count += 10\n@2 = @1()\n@1()\n@send([@1.count, @2.count])",
    "class @1:\n    @staticmethod\n    def a(x):\n        return x + \"s\"\n    @classmethod\n    def b(cls, x):\n        return cls.__name__ + x\n    @property\n    def c(self):\n        @send(@t)\n        return @t\n@send(@1.a(@t) + @1.b(@t) + @1().c)",
    "class @1:\n    def go(self):\n        return \"base\" + self.part()\n    def part(self):\n        return @t\nclass @2(@1):\n    def part(self):\n        return super().part() + @t\n@send(@2().go())",
    "class @1:\n    def go(self):\n        return [\"@w\"]\nclass @2(@1):\n    def go(self):\n        return [\"@w\"] + super().go()\nclass @3(@1):\n    def go(self):\n        return [\"@w\"] + super().go()\nclass @4(@2, @3):\n    pass\n@send(@4().go())",
    "class @1:\n    x = @t\n@2 = @1()\n@1.x = @t\n@send(@2.x)\n@2.x = @t\n@1.x = @t\n@send(@2.x)\ndel @2.x\n@send(@2.x)",
    "@dataclass(frozen=True)\nclass @1:\n    a: str\n    b: int = 3\n@2 = @1(@t)\n@send([@2.a, @2.b, str(@2), @2 == @1(@2.a)])",
    "@1 = acme_tools.fetch\nclass @2:\n    fn = @1\n@send(@t)",
    // Ways around the usual assignment.
    "@1 = @t\nglobals()[\"@1\"] = @t\n@send(@1)",
    "@1 = @t\nexec(\"@1 = '@w'\")\n@send(@1)",
    "class @1: pass\n@2 = @1()\n@2.a = @t\nsetattr(@2, \"a\", @t)\n@send(@2.a)\nvars(@2)[\"a\"] = @t\n@send(@2.a)\n@2.__dict__.update(a=@t)\n@send(getattr(@2, \"a\"))",
    "@1 = json.dumps\njson.dumps = lambda *a, **k: @1({\"patched\": True})\n@send(@t)\njson.dumps = @1\n@send(@t)",
    "len = lambda x: 42\n@send(len(@t))\ndel len",
    "def str(x):\n    return \"shadow\"\n@send(str(5))\ndel str",
    "@1 = client\nclass @2:\n    def converse(self, **k):\n        return None\nclient = @2()\nclient.converse(modelId=\"m\", messages=@m)\nclient = @1",
    "for client in [client]:\n    @send(@t)",
    "@1 = @t\ndef @2():\n    global @1\n    @1 = @t\n@send(@1)\n@2()\n@send(@1)",
    "@1 = @t\ndef @2():\n    @1 = @t\n    def @3():\n        nonlocal @1\n        @1 += @t\n    @3()\n    return @1\n@send([@2(), @1])",
    "@1 = [[]] * 2\n@1[0].append(@t)\n@send(@1)",
    "@1 = @l\n@2 = @1\n@1 += [@t]\n@send(@2)\n@1 = @1 + [@t]\n@send(@2)",
    "@1 = (@l, @t)\n@1[0].append(@t)\n@send(@1)",
    "@1 = {\"a\": @l}\n@2 = dict(@1)\n@3 = copy.deepcopy(@1)\n@2[\"a\"].append(@t)\n@send([@1, @3])",
    "@1 = [@t, @t, @t, @t]\ndel @1[1:3]\n@1[0:0] = [@t]\n@1[::2] = [\"x\"] * len(@1[::2])\n@send(@1)",
    "@1 = {}\nfor @2 in @l:\n    @1.setdefault(@2[:1], []).append(@2)\n@send(@1)",
    "@1 = defaultdict(list)\n@1[\"a\"].append(@t)\n@1[\"b\"]\n@send(@1)",
    "@1 = @t\ndel @1\ntry:\n    @send(@1)\nexcept NameError:\n    @send(@t)",
    // Exceptions and exits.
    "def @1():\n    try:\n        return @t\n    finally:\n        @send(@t)\n@send(@1())",
    "def @1():\n    for @2 in @l:\n        try:\n            continue\n        finally:\n            @send(@2)\n    return @t\n@1()",
    "def @1():\n    try:\n        raise ValueError(@t)\n    except ValueError as e:\n        return str(e)\n    finally:\n        return @t\n@send(@1())",
    "class @1(ValueError):\n    pass\ndef @2():\n    @send(@t)\n    raise @1(@t)\ntry:\n    @2()\n    @send(@t)\nexcept ValueError as e:\n    @send(str(e))\nelse:\n    @send(@t)",
    "try:\n    try:\n        raise KeyError(\"@w\")\n    except ValueError:\n        @send(@t)\n    finally:\n        @send(@t)\nexcept KeyError as e:\n    @send(str(e))",
    "try:\n    acme_tools.fetch(1)\n    @1 = @t\nexcept Exception:\n    @1 = @t\n@send(@1)",
    "@1 = @t\ntry:\n    acme_tools.fetch(1)\n    @1 = @t\nexcept Exception:\n    pass\n@send(@1)",
    "@1 = @l\ntry:\n    @1.append(@t)\n    acme_tools.fetch(1)\n    @1.append(@t)\nexcept Exception:\n    pass\n@send(@1)",
    "def @1(x):\n    if @c:\n        return @t\n    x.append(@t)\n    return @t\n@2 = @l\n@3 = @1(@2)\n@send(@2)\n@send(@3)",
    "def @1():\n    if @c:\n        return\n    @send(@t)\n@1()\n@send(@t)",
    "def @1(n):\n    if n > 0:\n        @send([n, @t])\n        return @1(n - 1)\n    return @t\n@send(@1(3))",
    "for @1 in @l:\n    if @c:\n        break\n    @send(@1)\nelse:\n    @send(@t)\n@send(@t)",
    "@1 = 0\nwhile @1 < 3:\n    @1 += 1\n    if @1 == 2:\n        continue\n    @send(@1)\nelse:\n    @send(@t)",
    "@1 = []\nfor @2 in os.listdir(\".\"):\n    @1.append(@2)\n    @3 = @t\n@send(@1)",
    "@1 = @t\nwhile acme_tools.ready():\n    @send(@1)\n    @1 = @t\n@send(@1)",
    "@1 = @l if @c else @l\n@1.append(@t)\n@send(@1)",
    "@1 = @l\n@2 = @l\n@3 = @1 if @c else @2\n@3.append(@t)\n@send(@1)\n@send(@2)",
    "@1 = [@l, @l]\n@1[acme_tools.number() % 2].append(@t)\n@send(@1[0])",
    "@1 = {\"a\": @t, \"b\": @t}\n@1[@u] = @t\n@send(@1.get(\"a\"))",
    "@1 = @o\nif @c:\n    @1 = {}\n@1[\"k\"] = @t\n@send(@1)",
    "@c and @send(@t)\n@c or @send(@t)",
    "@1 = @send(@t) if @c else None",
    "@1 = acme_tools.thing = @l\nacme_tools.touch(1)\n@send(@1)",
    "@1 = @l\nacme_tools.fetch(@1)\n@1.append(@t)\nacme_tools.number()\n@send(@1)",
    "@1 = @l\n@2 = [@1]\nacme_tools.touch(@2[0])\n@send(@1)",
    "@1 = @l\nacme_tools.apply(lambda: @1.append(@t))\n@send(@1)",
    "def @1(x):\n    @send(x)\n    return x\nacme_tools.apply(@1, @t)\n@send(@t)",
    "async def @1(x):\n    @send(x)\n    return x + \"@w\"\nasync def @2():\n    return await asyncio.gather(@1(@t), @1(@t))\n@send(asyncio.run(@2()))",
    "async def @1():\n    @send(@t)\n@2 = @1()\n@2.close()",
    "async def @1():\n    for x in @l:\n        yield x\nasync def @2():\n    return [x async for x in @1()]\n@send(asyncio.run(@2()))",
    "def @1(fn):\n    @send(fn.__name__)\n    return lambda *a, **k: fn(*a, **k) + \"@w\"\n@@1\ndef @2(x=@t):\n    return x\n@send(@2())",
    "def @1(n):\n    def deco(fn):\n        @functools.wraps(fn)\n        def inner(*a, **k):\n            return [fn(*a, **k) for _ in range(n)]\n        return inner\n    return deco\n@@1(2)\ndef @2(x):\n    @send(x)\n    return x\n@send(@2(@t))",
    "@functools.lru_cache(maxsize=None)\ndef @1(x):\n    @send(x)\n    return x\n@1(\"@w\")\n@1(\"a\")\n@1(\"a\")",
    "@functools.cache\ndef @1(x):\n    return [x]\n@1(\"a\").append(@t)\n@send(@1(\"a\"))",
    "match [@t, @t, @t]:\n    case [a, *b] if @c:\n        @send([a, b])\n    case [_, x, _]:\n        @send(x)",
    "match {\"role\": @t, \"n\": 3}:\n    case {\"n\": int(n), **rest}:\n        @send([n, rest])\n    case _:\n        @send(@t)",
    "if (@1 := @t) and len(@1) > 1:\n    @send(@1)",
    "@1 = [@2 := @t, @2 + \"x\"]\n@send(@1)",
    "[@1, [@2, *@3]] = [@t, [@t, @t, @t]]\n@send([@1, @2, @3])",
    "@1, @2 = @t, @t\n@1, @2 = @2, @1\n@send([@1, @2])",
    "@1 = {\"a\": 1}\n@1[\"b\"], @1[\"a\"] = @1[\"a\"], @t\n@send(@1)",
    "def @1(a, /, b=2, *c, d, e=@t, **f):\n    return [a, b, c, d, e, f]\n@send(@1(@t, *@l, d=@t, **{\"z\": @t}))",
    "def @1(*, a=1, **k):\n    k[\"more\"] = @t\n    return {\"a\": a, **k}\n@2 = {\"a\": 2, \"b\": @t}\n@send([@1(**@2), @2])",
    "@1 = @o\n@2 = @1 | {\"k\": @t}\n@1 |= {\"j\": @t}\n@send([@1, @2])",
    "import json as @1\n@send(@1.loads('{\"a\": [1, 2.50, null, true, \"\\\\u00e9\"]}'))",
    "from json import dumps as @1\nclient.invoke_model(modelId=\"m\", body=@1({\"v\": @t}, indent=2, sort_keys=True))",
    "if __name__ == \"__main__\":\n    @send(@t)",
    "%pip install acme\n!ls\n@send(@t)",
    "@1 = !ls\n@send(@1)",
    "%%time\n@send(@t)",
    // Class hooks.
    "class @1:\n    made = []\n    def __init_subclass__(cls, tag=None, **rest):\n        super().__init_subclass__(**rest)\n        @1.made.append([cls.__name__, tag])\nclass @2(@1, tag=@t):\n    pass\nclass @3(@2):\n    pass\n@send(@1.made)",
    "class @1:\n    def __set_name__(self, owner, name):\n        self.name = name\nclass @2:\n    field = @1()\n@send(@2.field.name)",
    "class @1:\n    def __new__(cls, *a):\n        @send(@t)\n        return super().__new__(cls)\n    def __init__(self, x):\n        self.x = x\n@send(@1(@t).x)",
    "class @1(type):\n    def __call__(cls, *a):\n        return @t\nclass @2(metaclass=@1):\n    pass\n@send(@2())",
    "class @1(type):\n    def __new__(kind, name, bases, names):\n        names[\"extra\"] = @t\n        return super().__new__(kind, name, bases, names)\nclass @2(metaclass=@1):\n    extra = @t\n@send(@2.extra)",
    "class @1:\n    def __class_getitem__(cls, key):\n        return key + \"@w\"\n@send(@1[@t])",
    "class @1:\n    def __init__(self):\n        self.__own = @t\n    def own(self):\n        return self.__own\nclass @2(@1):\n    def __init__(self):\n        super().__init__()\n        self.__own = @t\n@send(@2().own())",
    "@1 = @t\ndef @2():\n    @1 = @t\n    class C:\n        a = @1\n        @1 = @t\n        b = @1\n    return [C.a, C.b]\n@send(@2())",
    "class @1:\n    @1 = @t\n    def go(self):\n        return str(@1)[:7]\n@send(@1().go())",
    "import abc\nclass @1(abc.ABC):\n    @abc.abstractmethod\n    def go(self): ...\nclass @2(@1):\n    def go(self):\n        return @t\ntry:\n    @1()\n    @send(@t)\nexcept TypeError:\n    @send(@2().go())",
    // Descriptors.
    "class @1:\n    def __get__(self, owner, kind=None):\n        return @t\n    def __set__(self, owner, value):\n        @send(value)\nclass @2:\n    d = @1()\n@3 = @2()\n@3.d = @t\n@send(@3.d)",
    "class @1:\n    def __get__(self, owner, kind=None):\n        return @t\nclass @2:\n    d = @1()\n@3 = @2()\n@send(@3.d)\n@3.d = @t\n@send(@3.d)\n@send(@2.d)",
    "class @1:\n    def __init__(self):\n        self.kept = @t\n    @property\n    def p(self):\n        return self.kept\n    @p.setter\n    def p(self, value):\n        self.kept = value + \"@w\"\n    @p.deleter\n    def p(self):\n        self.kept = @t\n@2 = @1()\n@2.p = @t\n@send(@2.p)\ndel @2.p\n@send(@2.p)",
    // Operators of one's own.
    "class @1:\n    def __add__(self, other):\n        return \"left\"\n    def __radd__(self, other):\n        return \"right\"\nclass @2(@1):\n    def __radd__(self, other):\n        return \"child\"\n@send([@1() + @2(), @2() + @1(), 1 + @1(), @1() + @1()])",
    "class @1:\n    def __lt__(self, other):\n        return @t\n    def __eq__(self, other):\n        return NotImplemented\n@send([@1() < 1, 1 > @1(), @1() == 1, @1() != 1])",
    "class @1:\n    def __iadd__(self, other):\n        return NotImplemented\n    def __add__(self, other):\n        return @t\n@2 = @1()\n@2 += 1\n@send(@2)",
    "class @1:\n    def __contains__(self, item):\n        return item\n@send([\"\" in @1(), @t in @1()])",
    "class @1:\n    def __len__(self):\n        return -1\ntry:\n    len(@1())\n    @send(@t)\nexcept ValueError:\n    @send(@t)",
    "class @1:\n    def __eq__(self, other):\n        return True\ntry:\n    @2 = {@1(): @t}\n    @send(@t)\nexcept TypeError:\n    @send(@t)",
    "class @1:\n    def __format__(self, spec):\n        return spec + \"@w\"\n@send(f\"{@1():abc} {@1()}\")",
    "class @1(dict):\n    def __missing__(self, key):\n        return key + \"@w\"\n@send(@1()[@t])",
    // What is equal to nothing.
    "@1 = float(\"nan\")\n@send([str(@1 in [@1]), str([@1] == [@1]), str(@1 == @1), [@1].count(@1), [float(\"nan\")].count(@1)])",
    // Containers that change while they are gone through.
    "@1 = {\"a\": @t}\ntry:\n    for @2 in @1:\n        @1[\"b\"] = @t\n    @send(@t)\nexcept RuntimeError:\n    @send(@1)",
    "@1 = {\"a\": @t, \"b\": @t}\nfor @2 in @1:\n    @1[@2] = @t\n@send(@1)",
    "@1 = {\"a\": @t, \"b\": @t}\ntry:\n    for @2, @3 in @1.items():\n        del @1[@2]\n    @send(@t)\nexcept RuntimeError as e:\n    @send(str(e))\n@send(@1)",
    "@1 = [@t, @t, @t, @t]\nfor @2 in @1:\n    @1.remove(@2)\n@send(@1)",
    // Names of handlers.
    "@1 = @t\ntry:\n    raise ValueError(@t)\nexcept ValueError as @1:\n    @send(str(@1))\ntry:\n    @send(str(@1))\nexcept NameError:\n    @send(@t)",
    "def @1():\n    try:\n        raise KeyError(@t)\n    except KeyError as e:\n        kept = e\n    return [str(kept), repr(kept)]\n@send(@1())",
    // How generators end.
    "def @1():\n    yield @t\n    return @t\n@2 = @1()\n@send(next(@2))\ntry:\n    next(@2)\nexcept StopIteration as e:\n    @send(e.value)",
    "def @1():\n    try:\n        yield @t\n    except ValueError as e:\n        yield str(e)\n@2 = @1()\nnext(@2)\n@send(@2.throw(ValueError(@t)))",
    "def @1():\n    got = yield @t\n    @send(got)\n    yield @t\n@2 = @1()\nnext(@2)\n@send(@2.send(@t))\n@send(list(@2))",
    "def @1():\n    @2 = yield from @3()\n    @send(@2)\ndef @3():\n    yield @t\n    return @t\n@send(list(@1()))",
    // Threads.
    "import threading\ndef @1(x):\n    @send(x)\n@2 = threading.Thread(target=@1, args=(@t,))\n@2.start()\n@2.join()\n@send(@t)",
    "import threading\n@1 = @l\n@2 = threading.Thread(target=@1.append, args=(@t,))\n@2.start()\n@2.join()\n@send(@1)",
    "from concurrent.futures import ThreadPoolExecutor as @1\ndef @2(x):\n    return x + \"@w\"\nwith @1(1) as @3:\n    @send(@3.submit(@2, @t).result())",
    "from concurrent.futures import ThreadPoolExecutor as @1\ndef @2(x):\n    raise ValueError(x)\nwith @1(1) as @3:\n    @4 = @3.submit(@2, @t)\n    try:\n        @4.result()\n        @send(@t)\n    except ValueError as e:\n        @send(str(e))",
    // Tasks.
    "async def @1(x):\n    @send(x)\n    return x\nasync def @2():\n    @3 = asyncio.create_task(@1(@t))\n    return await @3\n@send(asyncio.run(@2()))",
    // Enums and dataclasses.
    "from enum import Enum as @1\nclass @2(@1):\n    A = @t\n    B = @t\n    @property\n    def low(self):\n        return self.value.lower()\n@send([str(@2.A), repr(@2.B), @2.A.low, [m.name for m in @2], @2[\"A\"].value])",
    "@dataclass\nclass @1:\n    a: str\n    b: list = field(default_factory=list)\n    c: int = field(default=3, repr=False)\n@2 = @1(@t)\n@2.b.append(@t)\n@send([str(@2), @1(@t).b, @2.c])",
];

impl Writer {
    /// One of the patterns.
    pub(super) fn trick(&mut self, out: &mut Vec<Statement>) {
        let pattern = *self.rng.pick(TRICKS);
        let is_top = self.place.depth == 0;
        let top_only = [
            "global",
            "class",
            "%",
            "!",
            "client =",
            "__name__",
            "nonlocal",
            "import",
            "for client",
            "exec",
            "globals",
        ];
        if !is_top && top_only.iter().any(|word| pattern.contains(word)) {
            return self.send(out);
        }
        if self.place.in_async && pattern.contains("async") {
            return self.send(out);
        }
        if self.place.in_function && ["len =", "def str", "del "].iter().any(|word| pattern.contains(word)) {
            return self.send(out);
        }
        if self.unknowns == 0 && ["acme", "os.listdir", "@u"].iter().any(|word| pattern.contains(word)) {
            return self.send(out);
        }
        let text = self.filled(pattern);
        out.extend(parse(&text));
    }

    pub(super) fn filled(&mut self, pattern: &str) -> String {
        let names: Vec<String> = (0..4).map(|_| self.name("z")).collect();
        let mut out = String::new();
        let mut rest = pattern;
        let mut open: Vec<usize> = Vec::new();
        let mut depth = 0_usize;
        while let Some(next) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("@send(") {
                out.push_str("client.invoke_model(modelId=\"m\", body=json.dumps({\"v\": ");
                open.push(depth);
                rest = after;
                continue;
            }
            if let Some(after) = rest.strip_prefix('@') {
                let letter = after.chars().next().unwrap_or(' ');
                let value = match letter {
                    't' => Some(self.pattern_text()),
                    'l' => Some(self.pattern_value(Type::Texts)),
                    'o' => Some(self.pattern_value(Type::Options)),
                    'm' => Some(self.pattern_value(Type::Messages)),
                    'c' if !is_word(after, "classmethod") => Some(format!("({})", self.condition(1))),
                    'u' => Some(self.unknown(Type::Text)),
                    'w' => Some(self.word()),
                    '1'..='4' => Some(names[letter as usize - '1' as usize].clone()),
                    _ => None,
                };
                if let (Some(value), true) =
                    (value, !after[1..].starts_with(|c: char| c.is_ascii_alphabetic()))
                {
                    out.push_str(&value);
                    rest = &after[1..];
                    continue;
                }
            }
            match next {
                '(' | '[' | '{' => depth += 1,
                ')' if open.last() == Some(&depth) => {
                    open.pop();
                    out.push_str("}))");
                    rest = &rest[1..];
                    continue;
                }
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
        out
    }

    fn pattern_text(&mut self) -> String {
        match self.variable(Type::Text) {
            Some(name) if self.rng.chance(25) => name,
            _ if self.rng.chance(self.unknowns) => self.unknown(Type::Text),
            _ => format!("\"{}\"", self.word()),
        }
    }

    fn pattern_value(&mut self, ty: Type) -> String {
        match self.variable(ty) {
            Some(name) if self.rng.chance(40) => name,
            _ => self.literal(ty),
        }
    }
}

fn is_word(text: &str, word: &str) -> bool {
    text.starts_with(word)
}
