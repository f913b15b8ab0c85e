//! Expressions of a type.

use super::{Given, Type, Writer};

impl Writer {
    /// An expression of type `ty`, nested at most `depth` deep.
    pub(super) fn expression(&mut self, ty: Type, depth: usize) -> String {
        if self.rng.chance(self.unknowns) {
            return self.unknown(ty);
        }
        if depth == 0 || self.rng.chance(25) {
            return match self.variable(ty) {
                Some(name) if self.rng.chance(75) => name,
                _ => self.literal(ty),
            };
        }
        if self.rng.chance(12)
            && let Some(call) = self.call_returning(ty, depth)
        {
            return call;
        }
        if self.rng.chance(6) {
            let (yes, condition, no) =
                (self.expression(ty, depth - 1), self.condition(depth - 1), self.expression(ty, depth - 1));
            return format!("({yes} if {condition} else {no})");
        }
        match ty {
            Type::Text => self.text(depth - 1),
            Type::Int => self.int(depth - 1),
            Type::Float => self.float(depth - 1),
            Type::Bool => self.condition(depth - 1),
            Type::Texts => self.texts(depth - 1),
            Type::Options => self.options(depth - 1),
            Type::Messages => self.messages(depth - 1),
        }
    }

    pub(super) fn literal(&mut self, ty: Type) -> String {
        match ty {
            Type::Text => {
                let word = self.word();
                match self.rng.below(14) {
                    0 => format!("'{word} \"q\"'"),
                    1 => format!("\"{word}\\n\\té\\u00e9\""),
                    2 => format!("r\"{word}\\n\""),
                    3 => format!("\"\"\"{word}\n  second line\n\"\"\""),
                    4 => format!("\"{word}\" \" joined\""),
                    5 => format!("(\"{word}\"\n    \" wrapped\")"),
                    _ => format!("\"{word}\""),
                }
            }
            Type::Int => self.rng.pick(&["0", "1", "2", "3", "7", "12", "-4", "1_0"]).to_string(),
            Type::Float => self.rng.pick(&["0.1", "0.2", "0.7", "1.0", "2.5", "1e-3"]).to_string(),
            Type::Bool => self.rng.pick(&["True", "False"]).to_string(),
            Type::Texts => {
                let count = 1 + self.rng.below(3);
                let items: Vec<String> = (0..count).map(|_| format!("\"{}\"", self.word())).collect();
                format!("[{}]", items.join(", "))
            }
            Type::Options => {
                let (key, word) = (self.key(), self.word());
                match self.rng.below(5) {
                    0 => "{}".to_owned(),
                    1 => format!("{{{key}: \"{word}\", \"temperature\": 0.5}}"),
                    2 => format!("dict(a=\"{word}\", n=3)"),
                    3 => format!("{{{key}: [\"{word}\"], \"n\": 1, \"on\": True, \"none\": None}}"),
                    _ => format!("{{{key}: \"{word}\"}}"),
                }
            }
            Type::Messages => {
                let word = self.word();
                format!("[{{\"role\": \"user\", \"content\": [{{\"text\": \"{word}\"}}]}}]")
            }
        }
    }

    pub(super) fn key(&mut self) -> &'static str {
        ["\"a\"", "\"b\"", "\"c\"", "\"prompt\"", "\"n\""][self.rng.below(5)]
    }

    /// Something nobody can know.
    pub(super) fn unknown(&mut self, ty: Type) -> String {
        match ty {
            Type::Text => {
                self.rng.pick(&["input(\"? \")", "acme_tools.fetch(\"a\")", "str(time.time())"]).to_string()
            }
            Type::Int => self
                .rng
                .pick(&[
                    "random.randint(1, 3)",
                    "len(os.listdir(\".\"))",
                    "acme_tools.number()",
                    "int(time.time())",
                ])
                .to_string(),
            Type::Float => self.rng.pick(&["random.random()", "time.time()"]).to_string(),
            Type::Bool => self
                .rng
                .pick(&[
                    "random.random() < 0.5",
                    "input(\"go? \") == \"y\"",
                    "acme_tools.ready()",
                    "bool(os.listdir(\".\"))",
                ])
                .to_string(),
            Type::Texts => self.rng.pick(&["os.listdir(\".\")", "acme_tools.names()"]).to_string(),
            Type::Options => "acme_tools.settings()".to_owned(),
            Type::Messages => {
                "[{\"role\": \"user\", \"content\": [{\"text\": input(\"ask: \")}]}]".to_owned()
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let some = self.expression(Type::Text, depth);
        match self.rng.below(27) {
            0..=2 => format!("f\"{} {{{}}}\"", self.word(), self.spliced(depth)),
            3 => format!("f\"{{{}!r}}:{{{}:03d}}\"", self.spliced(depth), self.plain(Type::Int)),
            4 | 5 => format!("{some} + {}", self.expression(Type::Text, depth)),
            6 => format!("{} * 2", self.plain(Type::Text)),
            7 => format!("\"%s-%d\" % ({some}, {})", self.expression(Type::Int, depth)),
            8 => format!("\"{{}} {{k}}\".format({some}, k={})", self.expression(Type::Int, depth)),
            9 => format!("\", \".join({})", self.expression(Type::Texts, depth)),
            10 => format!("({some}).upper()"),
            11 => format!("({some}).replace(\"w\", \"v\").strip()"),
            12 => format!("({some})[{}]", self.rng.pick(&["0:3", ":-1", "::2", "1:", "-2:"])),
            13 => {
                let ty = self.any_type();
                format!("str({})", self.expression(ty, depth))
            }
            14 => {
                let key = self.key();
                format!("str({}.get({key}, \"none\"))", self.plain(Type::Options))
            }
            15 => format!(
                "(({}) or [\"empty\"])[{}]",
                self.expression(Type::Texts, depth),
                self.rng.pick(&["0", "-1"])
            ),
            16 => format!("({some} or {})", self.expression(Type::Text, depth)),
            17 => format!("textwrap.dedent(\"\"\"\n      {}\n        x\n      \"\"\").strip()", self.word()),
            18 => format!("Template(\"$a and ${{b}}\").substitute(a={some}, b={})", self.plain(Type::Int)),
            19 => {
                let ty = *self.rng.pick(&[Type::Options, Type::Texts, Type::Messages]);
                format!("json.dumps({})", self.expression(ty, depth))
            }
            20 => format!("re.sub(r\"w(\\d)\", r\"<\\1>\", {some})"),
            21 => format!("base64.b64encode(({some}).encode()).decode()"),
            22 => format!("\"-\".join(x.title() for x in {})", self.expression(Type::Texts, depth)),
            23 => format!("(lambda x, y={}: x + str(y))({some})", self.plain(Type::Int)),
            24 => {
                let messages = self.plain(Type::Messages);
                format!("{messages}[0][\"content\"][0][\"text\"]")
            }
            25 => format!("os.environ.get(\"TUTOR_UNSET\", {some})"),
            _ => format!("({some}).split()[0]"),
        }
    }

    /// A variable or literal, for places that take nothing else.
    fn plain(&mut self, ty: Type) -> String {
        match self.variable(ty) {
            Some(name) => name,
            None if ty == Type::Text => format!("\"{}\"", self.word()),
            None => self.literal(ty),
        }
    }

    /// What may stand in the braces of an f-string.
    fn spliced(&mut self, depth: usize) -> String {
        let ty = *self.rng.pick(&[Type::Text, Type::Int, Type::Float, Type::Texts, Type::Bool]);
        match self.variable(ty) {
            Some(name) => name,
            None if depth > 0 => format!("len({})", self.plain(Type::Texts).replace('"', "'")),
            None => "1 + 1".to_owned(),
        }
    }

    fn int(&mut self, depth: usize) -> String {
        let some = self.expression(Type::Int, depth);
        match self.rng.below(12) {
            0 => format!("len({})", self.expression(Type::Texts, depth)),
            1 => format!("len({})", self.expression(Type::Text, depth)),
            2 => format!("({some} + {})", self.expression(Type::Int, depth)),
            3 => format!("({some} * 2 - 1)"),
            4 => format!("({some} // 2)"),
            5 => format!("({some} % 3)"),
            6 => format!("max({some}, {})", self.expression(Type::Int, depth)),
            7 => format!("sum(len(x) for x in {})", self.expression(Type::Texts, depth)),
            8 => "int(\"3\")".to_owned(),
            9 => format!("len({})", self.expression(Type::Options, depth)),
            10 => format!("abs({some})"),
            _ => format!("functools.reduce(lambda a, b: a + b, [1, 2, {some}])"),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        let some = self.expression(Type::Float, depth);
        match self.rng.below(5) {
            0 => format!("({some} + 0.2)"),
            1 => format!("round({some}, 1)"),
            2 => format!("({} / 4)", self.expression(Type::Int, depth)),
            3 => format!("min({some}, 0.9)"),
            _ => format!("float({some})"),
        }
    }

    pub(super) fn condition(&mut self, depth: usize) -> String {
        if self.rng.chance(self.unknowns) {
            return self.unknown(Type::Bool);
        }
        match self.rng.below(13) {
            0 => format!("len({}) > {}", self.expression(Type::Texts, depth.min(1)), self.rng.below(4)),
            1 => {
                let key = self.key();
                format!("{key} in {}", self.plain(Type::Options))
            }
            2 => format!("{} == \"{}\"", self.plain(Type::Text), "w1"),
            3 => format!("not {}", self.plain(Type::Texts)),
            4 if depth > 0 => format!("({} and {})", self.condition(depth - 1), self.condition(depth - 1)),
            5 if depth > 0 => format!("({} or {})", self.condition(depth - 1), self.condition(depth - 1)),
            6 => {
                let name = self.plain(Type::Text);
                format!("isinstance({name}, str)")
            }
            7 => format!("0 < {} <= 3", self.plain(Type::Int)),
            8 => format!("any(\"1\" in x for x in {})", self.plain(Type::Texts)),
            9 => format!("{} is not None", self.plain(Type::Text)),
            10 => format!("({}).startswith(\"w\")", self.expression(Type::Text, depth.min(1))),
            11 => match self.variable(Type::Bool) {
                Some(name) => name,
                None => "True".to_owned(),
            },
            _ => format!("{} % 2 == 0", self.plain(Type::Int)),
        }
    }

    fn texts(&mut self, depth: usize) -> String {
        let some = self.expression(Type::Texts, depth);
        match self.rng.below(17) {
            0 => format!("[x + \"!\" for x in {some}]"),
            1 => format!("[x for x in {some} if \"1\" not in x]"),
            2 => format!("({some})[{}]", self.rng.pick(&["::-1", "1:", ":2", "-1:"])),
            3 => format!("sorted({some})"),
            4 => format!("list(map(lambda x: x.upper(), {some}))"),
            5 => format!("{some} + {}", self.expression(Type::Texts, depth)),
            6 => format!("[*{some}, {}]", self.expression(Type::Text, depth)),
            7 => format!("list({})", self.expression(Type::Options, depth)),
            8 => format!("({}).split()", self.expression(Type::Text, depth)),
            9 => format!("[f\"{{i}}-{{x}}\" for i, x in enumerate({some}, 1)]"),
            10 => format!("[a + b for a, b in zip({some}, {})]", self.expression(Type::Texts, depth)),
            11 => format!("[str(i) for i in range({})]", self.rng.below(4)),
            12 => format!("list(filter(None, {some}))"),
            13 => format!("[x for xs in [{some}, [\"y\"]] for x in xs]"),
            14 => format!("list(itertools.chain({some}, [{}]))", self.expression(Type::Text, depth)),
            15 => format!("list(reversed({some}))"),
            _ => {
                format!("[{0}, {1}]", self.expression(Type::Text, depth), self.expression(Type::Text, depth))
            }
        }
    }

    fn options(&mut self, depth: usize) -> String {
        let some = self.expression(Type::Options, depth);
        let key = self.key();
        let ty = *self.rng.pick(&[Type::Text, Type::Int, Type::Float, Type::Bool, Type::Texts]);
        let value = self.expression(ty, depth);
        match self.rng.below(12) {
            0 | 1 => format!("{{{key}: {value}}}"),
            2 => format!("{{**{some}, {key}: {value}}}"),
            3 => format!("{{{key}: {value}, **{some}}}"),
            4 => format!("dict({some}, a={value})"),
            5 => format!("{some} | {{{key}: {value}}}"),
            6 => format!("{{k: v for k, v in ({some}).items()}}"),
            7 => format!(
                "dict(zip({}, {}))",
                self.expression(Type::Texts, depth),
                self.expression(Type::Texts, depth)
            ),
            8 => format!("copy.deepcopy({some})"),
            9 => format!("({some}).copy()"),
            10 => format!("{{x: len(x) for x in {}}}", self.expression(Type::Texts, depth)),
            _ => format!("json.loads(json.dumps({some}))"),
        }
    }

    fn messages(&mut self, depth: usize) -> String {
        let text = self.expression(Type::Text, depth);
        let one = format!("{{\"role\": \"user\", \"content\": [{{\"text\": {text}}}]}}");
        match self.rng.below(6) {
            0 => format!("{} + [{one}]", self.plain(Type::Messages)),
            1 => format!("[*{}, {one}]", self.plain(Type::Messages)),
            2 => format!(
                "[{{\"role\": r, \"content\": [{{\"text\": t}}]}} for r, t in [(\"user\", {text}), (\"assistant\", \"ok\")]]"
            ),
            3 => format!("list({})", self.plain(Type::Messages)),
            _ => format!("[{one}]"),
        }
    }

    /// A call of a function that gives a `ty`, where it may be called here.
    fn call_returning(&mut self, ty: Type, depth: usize) -> Option<String> {
        let fitting: Vec<_> = self
            .scope
            .functions
            .iter()
            .filter(|function| function.returns == Some(ty) && !function.is_generator)
            .filter(|function| !function.is_async || self.place.in_async)
            .cloned()
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let function = self.rng.pick(&fitting).clone();
        let call = self.call(&function, depth);
        Some(if function.is_async { format!("(await {call})") } else { call })
    }

    /// A call with arguments in one of the many ways to give them.
    pub(super) fn call(&mut self, function: &super::Function, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        let (mut positional, mut named) = (Vec::new(), Vec::new());
        let mut by_name = false;
        for parameter in &function.parameters {
            if parameter.given == Given::Perhaps && self.rng.chance(50) {
                by_name = true;
                continue;
            }
            if parameter.given == Given::ByName && self.rng.chance(40) {
                continue;
            }
            by_name |= parameter.given == Given::ByName || (!function.takes_more && self.rng.chance(20));
            let value = self.expression(parameter.ty, depth);
            if by_name {
                named.push((parameter.name.clone(), value));
            } else {
                positional.push(value);
            }
        }
        if function.takes_more && !by_name && self.rng.chance(60) {
            positional.push(match self.rng.below(2) {
                0 => format!("*{}", self.expression(Type::Texts, depth)),
                _ => self.expression(Type::Text, depth),
            });
        }
        let mut arguments = positional;
        if named.len() > 1 && self.rng.chance(15) {
            let entries: Vec<String> =
                named.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
            arguments.push(format!("**{{{}}}", entries.join(", ")));
        } else {
            arguments.extend(named.iter().map(|(name, value)| format!("{name}={value}")));
        }
        if function.takes_named && self.rng.chance(60) {
            arguments.push(match self.rng.below(2) {
                0 => format!("extra={}", self.expression(Type::Int, depth)),
                _ => format!("**{{\"extra\": {}}}", self.expression(Type::Text, depth)),
            });
        }
        format!("{}({})", function.name, arguments.join(", "))
    }
}
