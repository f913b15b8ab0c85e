//! Call sites that were never followed: functions nobody calls, and code behind a fence's early end.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged as _, TextSize};
use rustc_hash::FxHashMap;

use super::Ended;
use super::evaluate::Evaluator;
use super::names::{CodeId, Node};
use super::reason::Why;
use super::value::Value;
use tutor_bedrock::Operation;
use tutor_bedrock::found::{Finding, Findings, FoundCall, Language, PartialCall};

/// A call that looks like one of Bedrock Runtime's.
struct Site<'a> {
    node: &'a ast::ExprCall,
    operation: Operation,
    /// Where the innermost function around it begins, and the address of its node.
    function: Option<(TextSize, usize)>,
}

#[derive(Default)]
struct Finder<'a> {
    sites: Vec<Site<'a>>,
    functions: Vec<(TextSize, usize)>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(def) => {
                self.functions.push((def.name.start(), std::ptr::from_ref(def) as usize));
                visitor::walk_stmt(self, statement);
                self.functions.pop();
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(node) => {
                if let Expr::Attribute(target) = &*node.func
                    && let Some(operation) = Evaluator::operation(&target.attr)
                    && names_a_model(node)
                {
                    let function = self.functions.last().copied();
                    self.sites.push(Site { node, operation, function });
                }
                visitor::walk_expr(self, expression);
            }
            Expr::Lambda(lambda) => {
                self.functions.push((lambda.start(), std::ptr::from_ref(lambda) as usize));
                visitor::walk_expr(self, expression);
                self.functions.pop();
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// boto3 takes keywords only, and always the model.
fn names_a_model(node: &ast::ExprCall) -> bool {
    let keywords = &node.arguments.keywords;
    node.arguments.args.is_empty()
        && keywords.iter().any(|keyword| keyword.arg.as_ref().is_none_or(|name| &**name == "modelId"))
}

/// Adds what the evaluator never came by.
pub(super) fn add_unreached(reader: &Evaluator<'_>, ends: &[Ended], findings: &mut Findings) {
    let handed_over: FxHashMap<usize, &(usize, usize, Rc<Why>)> =
        reader.handed_over.iter().map(|(id, place)| (address(reader, *id), place)).collect();
    let halted = ends.last().and_then(Option::as_ref).filter(|why| why.text.starts_with("reading"));
    for (index, fence) in reader.fences.iter().enumerate() {
        if fence.broken.is_some() || fence.source.skip {
            continue;
        }
        let Some(module) = &fence.module else { continue };
        let mut finder = Finder::default();
        finder.visit_body(&module.body);
        for site in finder.sites {
            if reader.reached.contains(&(index, site.node.start().to_u32())) {
                continue;
            }
            let known = partial(reader, &site);
            let at = site.function.map_or(site.node.start(), |(start, _)| start);
            let mut place = (fence.source.fence, fence.line(at));
            let handed = site.function.and_then(|(_, address)| handed_over.get(&address));
            let unresolved =
                |why: &Rc<Why>| Finding::Unresolved { known: known.clone(), reason: why.reason() };
            let finding = match (handed, site.function, &ends[index]) {
                (Some((fence, line, why)), ..) => {
                    place = (reader.fences[*fence].source.fence, *line);
                    unresolved(why)
                }
                (None, Some(_), _) => match halted {
                    Some(why) => unresolved(why),
                    None => Finding::Uncalled { known },
                },
                (None, None, Some(why)) => unresolved(why),
                // Code that a known condition leaves out, or that handles what does not happen.
                (None, None, None) => continue,
            };
            findings.calls.push(FoundCall {
                fence: place.0,
                line: place.1,
                language: Language::Python,
                finding,
            });
        }
    }
}

fn address(reader: &Evaluator<'_>, id: CodeId) -> usize {
    match reader.code(id).node {
        Node::Def(def) => std::ptr::from_ref(def) as usize,
        Node::Lambda(lambda) => std::ptr::from_ref(lambda) as usize,
    }
}

/// What the text alone says of a call.
fn partial(reader: &Evaluator<'_>, site: &Site<'_>) -> PartialCall {
    let model = site.node.arguments.find_keyword("modelId").map(|keyword| &keyword.value);
    let model_id = match model {
        Some(Expr::StringLiteral(text)) => Some(text.value.to_str().to_owned()),
        Some(Expr::Name(name)) if site.function.is_none() || !is_local(site, &name.id) => {
            match reader.name_in(reader.module, &name.id) {
                Some(Value::Str(text)) => Some(text.to_string()),
                _ => None,
            }
        }
        _ => None,
    };
    PartialCall { operation: site.operation, model_id, body: None }
}

/// A name of the module is only meant if it is written like a constant.
fn is_local(_: &Site<'_>, name: &str) -> bool {
    name.chars().any(char::is_lowercase)
}
