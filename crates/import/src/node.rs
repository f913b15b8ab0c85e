//! A document as a tree, whatever it was written in.

use tutor_bedrock::{Json, JsonObject};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    /// As it was written: `1`, `0.5`, `1e3`.
    Number(String),
    Text(String),
    Bytes(Vec<u8>),
    /// Items with the 1-based lines on which they begin; 0 where that is not known.
    List(Vec<(usize, Node)>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// A member; header-like names are compared as they stand.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        match self {
            Node::Map(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The same, taken out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Node> {
        match self {
            Node::Map(members) => {
                let value = members.iter_mut().find(|(key, _)| key == name)?;
                Some(std::mem::replace(&mut value.1, Node::Null))
            }
            _ => None,
        }
    }

    /// A member below members.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self, Node::Map(_))
    }

    pub(crate) fn as_list(&self) -> Option<&[(usize, Node)]> {
        match self {
            Node::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn into_list(self) -> Vec<(usize, Node)> {
        match self {
            Node::List(items) => items,
            _ => Vec::new(),
        }
    }

    /// Text, or a number as it was written.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Node::Text(text) | Node::Number(text) => Some(text.clone()),
            Node::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Node::Number(text) | Node::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.text()?.split_whitespace().next()?.parse().ok()
    }

    /// As JSON, if it has no bytes in it and its numbers are JSON's.
    pub(crate) fn to_json(&self) -> Option<Json> {
        Some(match self {
            Node::Null => Json::Null,
            Node::Bool(value) => Json::Bool(*value),
            Node::Number(text) => Json::parse(text.as_bytes()).ok().or_else(|| {
                let number: f64 = text.parse().ok()?;
                Json::parse(serde_json::Number::from_f64(number)?.to_string().as_bytes()).ok()
            })?,
            Node::Text(text) => Json::String(text.clone()),
            Node::Bytes(_) => return None,
            Node::List(items) => {
                Json::Array(items.iter().map(|(_, item)| item.to_json()).collect::<Option<_>>()?)
            }
            Node::Map(members) => {
                let mut object = JsonObject::with_capacity(members.len());
                for (name, value) in members {
                    object.insert(name.as_str(), value.to_json()?);
                }
                Json::Object(object)
            }
        })
    }

    /// A TOML value as the same tree.
    pub(crate) fn of_toml(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Node::Text(text),
            toml::Value::Integer(number) => Node::Number(number.to_string()),
            toml::Value::Float(number) => Node::Number(number.to_string()),
            toml::Value::Boolean(value) => Node::Bool(value),
            toml::Value::Datetime(at) => Node::Text(at.to_string()),
            toml::Value::Array(items) => {
                Node::List(items.into_iter().map(|item| (0, Node::of_toml(item))).collect())
            }
            toml::Value::Table(table) => {
                Node::Map(table.into_iter().map(|(name, value)| (name, Node::of_toml(value))).collect())
            }
        }
    }
}

impl From<Json> for Node {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Node::Null,
            Json::Bool(value) => Node::Bool(value),
            Json::String(text) => Node::Text(text),
            Json::Array(items) => Node::List(items.into_iter().map(|item| (0, item.into())).collect()),
            Json::Object(object) => Node::Map(
                object.iter().map(|(name, value)| (name.to_string(), value.clone().into())).collect(),
            ),
            number => Node::Number(number.to_compact()),
        }
    }
}
