//! Functions: defining them, binding their parameters, running them.

use std::rc::Rc;

use ruff_python_ast as ast;

use super::{Altered, End, Evaluator, Frame, Run};
use crate::heap::{Dict, Lazy, Map, Object, Progress, Scope};
use crate::key::Key;
use crate::limits;
use crate::names::{Code, CodeId, Node};
use crate::value::{Args, Function, Id, Text, Value};

/// How often a function may be inside itself where it is not certain that it is called at all.
const UNSURE_RECURSION: usize = 3;

impl<'a> Evaluator<'a> {
    pub(super) fn run_def(&mut self, node: &'a ast::StmtFunctionDef) -> Run<()> {
        let decorators = self.decorators(&node.decorator_list)?;
        let value = self.function(Node::Def(node), &node.name, Some(&node.parameters))?;
        let value = self.decorated(decorators, value)?;
        self.bind(&node.name, value)
    }

    /// Evaluates decorators, top first.
    pub(super) fn decorators(&mut self, list: &'a [ast::Decorator]) -> Run<Vec<Value>> {
        list.iter().map(|decorator| self.eval(&decorator.expression)).collect()
    }

    /// Applies decorators, bottom first.
    pub(super) fn decorated(&mut self, decorators: Vec<Value>, value: Value) -> Run<Value> {
        decorators.into_iter().rev().try_fold(value, |value, decorator| {
            if let Some(why) = self.why_unknown(&decorator)
                && !matches!(decorator, Value::Module(_))
            {
                return self.call_unknown(&decorator, &Args::of(vec![value]), &why, None);
            }
            self.call(&decorator, Args::of(vec![value]))
        })
    }

    pub(super) fn lambda(&mut self, node: &'a ast::ExprLambda) -> Run<Value> {
        self.function(Node::Lambda(node), "<lambda>", node.parameters.as_deref())
    }

    fn function(
        &mut self,
        node: Node<'a>,
        name: &str,
        parameters: Option<&'a ast::Parameters>,
    ) -> Run<Value> {
        let mut defaults = Vec::new();
        for parameter in
            parameters.into_iter().flat_map(ruff_python_ast::Parameters::iter_non_variadic_params)
        {
            defaults.push(match &parameter.default {
                Some(default) => Some(self.eval(default)?),
                None => None,
            });
        }
        let code = self.code_of(node);
        let qualname = self.qualified(name);
        let name = self.text(name);
        let frame = self.frame();
        let class = matches!(self.heap.get(frame.own), Object::Scope(_))
            .then(|| self.classes.last().filter(|body| body.scope == frame.own))
            .flatten()
            .map(|body| body.class);
        let (scopes, globals) = (frame.scopes.clone(), frame.globals);
        let doc = None;
        let function =
            Function { code, name, qualname, doc, wrapped: None, defaults, scopes, globals, class };
        Ok(Value::Function(Rc::new(function)))
    }

    /// The qualified name of what is defined here.
    pub(super) fn qualified(&self, name: &str) -> Text {
        let frame = self.frame();
        if let Some(body) = self.classes.iter().rev().find(|body| body.scope == frame.own) {
            return Text::from(format!("{}.{name}", body.qualname));
        }
        match &frame.function {
            Some(function) if !self.code(function.code).globals.contains(name) => {
                Text::from(format!("{}.<locals>.{name}", function.qualname))
            }
            _ => Text::from(name),
        }
    }

    /// `function` with the names of `like`, as `functools.wraps` leaves it.
    pub(crate) fn renamed(&mut self, function: &Rc<Function>, like: &Value) -> Value {
        let mut renamed = Function {
            code: function.code,
            name: function.name.clone(),
            qualname: function.qualname.clone(),
            doc: None,
            wrapped: Some(like.clone()),
            defaults: function.defaults.clone(),
            scopes: function.scopes.clone(),
            globals: function.globals,
            class: function.class,
        };
        if let Value::Function(like) = like
            && !self.is_altered(like)
        {
            renamed.name = like.name.clone();
            renamed.qualname = like.qualname.clone();
            renamed.doc = Some(self.docstring_of(like));
            return Value::Function(Rc::new(renamed));
        }
        let renamed = Rc::new(renamed);
        self.altered.push((renamed.clone(), Altered::Names));
        Value::Function(renamed)
    }

    /// Whether something of a function was replaced.
    pub(super) fn is_altered(&self, function: &Rc<Function>) -> bool {
        self.altered.iter().any(|(known, _)| Rc::ptr_eq(known, function))
    }

    /// Whether what a function does was replaced.
    fn is_recoded(&self, function: &Rc<Function>) -> bool {
        self.altered.iter().any(|(known, what)| *what == Altered::Code && Rc::ptr_eq(known, function))
    }
    /// Calls a function of the chapter: runs it, or makes its generator or coroutine.
    pub(super) fn call_function(&mut self, function: &Rc<Function>, args: Args) -> Run<Value> {
        if !self.altered.is_empty() && self.is_recoded(function) {
            let why = self.why(format!("the code or defaults of `{}` were replaced", function.name));
            self.risk();
            self.escape_args(&args, &why);
            self.escape(&Value::Function(function.clone()), &why);
            return Ok(Value::Unknown(why));
        }
        let code = self.code(function.code);
        if code.generator {
            let scope = self.bind_parameters(function, &code, args)?;
            let lazy = Lazy::Generator { function: function.clone(), scope };
            return Ok(self.alloc(Object::Lazy(Rc::new(lazy), Progress::Fresh)));
        }
        if code.is_async {
            let lazy = Lazy::Coroutine { function: function.clone(), args };
            return Ok(self.alloc(Object::Lazy(Rc::new(lazy), Progress::Fresh)));
        }
        self.run_function(function, args)
    }

    /// Runs a function to its end.
    pub(super) fn run_function(&mut self, function: &Rc<Function>, args: Args) -> Run<Value> {
        let code = self.code(function.code);
        if self.too_deep(function.code) {
            let why = self.why(format!("`{}` calls itself too often", function.name));
            self.escape_args(&args, &why);
            self.escape(&Value::Function(function.clone()), &why);
            self.risk();
            return Ok(Value::Unknown(why));
        }
        let at = self.at;
        let receiver = args.pos.first().cloned();
        let scope = self.bind_parameters(function, &code, args)?;
        let mut frame = self.frame_of(function, scope, code.fence);
        frame.receiver = receiver;
        let result = self.run_call(frame, &code);
        self.at = at;
        result
    }

    fn too_deep(&self, code: CodeId) -> bool {
        if self.depth >= limits::CALL_DEPTH {
            return true;
        }
        let inside = self
            .frames
            .iter()
            .filter(|frame| frame.own == frame.function_scope)
            .filter(|frame| frame.function.as_ref().is_some_and(|function| function.code == code))
            .count();
        inside > UNSURE_RECURSION && !self.is_sure()
    }

    /// The activation of a call.
    pub(super) fn frame_of(&mut self, function: &Rc<Function>, scope: Id, fence: usize) -> Frame<'a> {
        let mut scopes = function.scopes.clone();
        scopes.push(scope);
        Frame {
            scopes,
            own: scope,
            function_scope: scope,
            globals: function.globals,
            token: self.token(),
            loops: Vec::new(),
            fence,
            function: Some(function.clone()),
            receiver: None,
            consumer: None,
            handling: None,
        }
    }

    /// Runs a function's body in its activation.
    pub(super) fn run_call(&mut self, frame: Frame<'a>, code: &Code<'a>) -> Run<Value> {
        let token = frame.token;
        let since = self.paths.len();
        self.frames.push(frame);
        self.depth += 1;
        let result = match code.node {
            Node::Def(def) => self.run_body(&def.body).map(|()| Value::None),
            Node::Lambda(lambda) => self.eval(&lambda.body),
        };
        // Whoever called it sees no more of its variables.
        let result = self.reading_from(None, |reader| {
            reader.settle(result, since, |end| match end {
                End::Return(to, value) if to == token => Ok(value),
                other => Err(other),
            })
        });
        self.depth -= 1;
        self.frames.pop();
        result
    }

    /// Binds arguments to parameters in a new scope.
    fn bind_parameters(&mut self, function: &Rc<Function>, code: &Code<'a>, args: Args) -> Run<Id> {
        let scope = self.scope(Scope { locals: code.locals.clone(), ..Scope::default() });
        let Some(parameters) = code.parameters() else {
            if !args.pos.is_empty() || !args.kw.is_empty() {
                return self.raise("TypeError", None);
            }
            return Ok(scope);
        };
        let bound = self.match_arguments(function, parameters, args)?;
        let frame = self.frame_of(function, scope, code.fence);
        self.frames.push(frame);
        let result = bound.into_iter().try_for_each(|(name, value)| self.bind(&name, value));
        self.frames.pop();
        result.map(|()| scope)
    }

    fn match_arguments(
        &mut self,
        function: &Function,
        parameters: &'a ast::Parameters,
        args: Args,
    ) -> Run<Vec<(Text, Value)>> {
        let mut bound: Map<Text, Value> = Map::default();
        let positional: Vec<&ast::ParameterWithDefault> =
            parameters.posonlyargs.iter().chain(&parameters.args).collect();
        let mut pos = args.pos.into_iter();
        for parameter in &positional {
            let Some(value) = pos.next() else { break };
            let name = self.name(&parameter.parameter.name);
            bound.insert(name, value);
        }
        let extra: Vec<Value> = pos.collect();
        if !extra.is_empty() && parameters.vararg.is_none() {
            return self.raise("TypeError", None);
        }
        let mut more: Map<Key, (Value, Value)> = Map::default();
        let by_name: Vec<&ast::ParameterWithDefault> =
            parameters.args.iter().chain(&parameters.kwonlyargs).collect();
        for (name, value) in args.kw {
            if by_name.iter().any(|parameter| *parameter.parameter.name == *name) {
                if bound.insert(name.clone(), value).is_some() {
                    return self.raise("TypeError", None);
                }
            } else if parameters.kwarg.is_some() {
                more.insert(Key::Str(name.clone()), (Value::Str(name), value));
            } else {
                return self.raise("TypeError", None);
            }
        }
        for (parameter, default) in parameters.iter_non_variadic_params().zip(&function.defaults) {
            let name = self.name(&parameter.parameter.name);
            if bound.contains_key(&name) {
                continue;
            }
            let value = match (&args.open, default) {
                (Some(why), default) => {
                    if let Some(default) = default {
                        self.escape(default, why);
                    }
                    Value::Unknown(why.clone())
                }
                (None, Some(default)) => default.clone(),
                (None, None) => return self.raise("TypeError", None),
            };
            bound.insert(name, value);
        }
        if let Some(vararg) = &parameters.vararg {
            let name = self.name(&vararg.name);
            let value = args.open.clone().map_or_else(|| Value::tuple(extra), Value::Unknown);
            bound.insert(name, value);
        }
        if let Some(kwarg) = &parameters.kwarg {
            let name = self.name(&kwarg.name);
            let dict = self.alloc(Object::Dict(Rc::new(Dict { entries: more, ..Dict::default() })));
            if let (Some(why), Value::Object(id)) = (&args.open, &dict) {
                self.make_opaque(*id, why);
            }
            bound.insert(name, dict);
        }
        Ok(bound.into_iter().collect())
    }

    /// `super()` inside a method.
    pub(super) fn super_of_frame(&mut self) -> Value {
        let frame = self.frames.iter().rev().find(|frame| frame.receiver.is_some());
        let Some(frame) = frame else {
            self.risk();
            return self.unknown("`super()` outside of a method");
        };
        match (&frame.function, &frame.receiver) {
            (Some(function), Some(receiver)) => match function.class {
                Some(class) => Value::Super(Rc::new((Value::Object(class), receiver.clone()))),
                None => self.unknown("`super()` outside of a method"),
            },
            _ => self.unknown("`super()` outside of a method"),
        }
    }
}
