//! The members of an object.

use std::collections::HashMap;
use std::fmt;

use compact_str::CompactString;

use super::Json;

/// The name of a member. Those of requests and answers are short: up to 24 bytes take no memory of
/// their own.
pub type Name = CompactString;

/// An object's members, in the order they were written.
///
/// Objects of requests and answers have a handful of members, and looking through those costs less
/// than a table of hashes. Larger ones get such a table, by a hash that nobody can aim at: names come
/// from outside.
#[derive(Clone, Default)]
pub struct JsonObject {
    members: Vec<(Name, Json)>,
    /// Where each member stands, in an object of more than [`FEW`].
    #[expect(clippy::box_collection, reason = "objects of few members are small without it")]
    places: Option<Box<HashMap<Name, usize>>>,
}

/// Up to how many members are looked through one by one.
const FEW: usize = 16;

impl JsonObject {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty object with room for some members.
    pub fn with_capacity(members: usize) -> Self {
        JsonObject { members: Vec::with_capacity(members), places: None }
    }

    /// An object of these members.
    ///
    /// # Errors
    /// A name that stands twice.
    pub(super) fn of_unique(members: Vec<(Name, Json)>) -> Result<Self, Name> {
        let mut object = JsonObject { members, places: None };
        if object.members.len() > FEW {
            object.note_places();
        }
        let mut names = object.members.iter().enumerate();
        // Of two equal names, one leads to the other.
        match names.find(|(place, (name, _))| object.place(name) != Some(*place)) {
            Some((_, (name, _))) => Err(name.clone()),
            None => Ok(object),
        }
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.place(name).map(|place| &self.members[place].1)
    }

    /// The value of a member, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.place(name).map(|place| &mut self.members[place].1)
    }

    /// Whether there is such a member.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Sets a member: in its place if it is there, giving the old value, else at the end.
    pub fn insert(&mut self, name: impl Into<Name>, value: Json) -> Option<Json> {
        let name = name.into();
        if let Some(old) = self.get_mut(&name) {
            return Some(std::mem::replace(old, value));
        }
        self.push(name, value);
        None
    }

    /// Takes a member out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let place = self.place(name)?;
        let (_, value) = self.members.remove(place);
        self.places = None;
        if self.members.len() > FEW {
            self.note_places();
        }
        Some(value)
    }

    /// The members in their order.
    pub fn iter(&self) -> Iter<'_> {
        self.into_iter()
    }

    /// The names in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// The values in their order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Json> {
        self.members.iter().map(|(_, value)| value)
    }

    fn place(&self, name: &str) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(name).copied(),
            None => self.members.iter().position(|(known, _)| known == name),
        }
    }

    /// Adds a member of a name that is not there yet.
    fn push(&mut self, name: Name, value: Json) {
        self.members.push((name, value));
        match &mut self.places {
            Some(places) => {
                let place = self.members.len() - 1;
                places.insert(self.members[place].0.clone(), place);
            }
            None if self.members.len() > FEW => self.note_places(),
            None => {}
        }
    }

    fn note_places(&mut self) {
        let places = self.members.iter().enumerate().map(|(place, (name, _))| (name.clone(), place));
        self.places = Some(Box::new(places.collect()));
    }
}

/// The members of an object, as pairs of name and value.
pub type Iter<'o> =
    std::iter::Map<std::slice::Iter<'o, (Name, Json)>, fn(&'o (Name, Json)) -> (&'o str, &'o Json)>;

impl<'o> IntoIterator for &'o JsonObject {
    type Item = (&'o str, &'o Json);
    type IntoIter = Iter<'o>;

    fn into_iter(self) -> Iter<'o> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl IntoIterator for JsonObject {
    type Item = (Name, Json);
    type IntoIter = std::vec::IntoIter<(Name, Json)>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl<N: Into<Name>> FromIterator<(N, Json)> for JsonObject {
    fn from_iter<I: IntoIterator<Item = (N, Json)>>(members: I) -> Self {
        let members = members.into_iter();
        let mut object = JsonObject::with_capacity(members.size_hint().0);
        for (name, value) in members {
            object.insert(name, value);
        }
        object
    }
}

impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Order does not matter, as it does not in JSON.
impl PartialEq for JsonObject {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(names: impl Iterator<Item = usize>) -> JsonObject {
        names.map(|n| (n.to_string(), Json::from(n as u64))).collect()
    }

    #[test]
    fn few_and_many_members_behave_alike() {
        for count in [0, 3, FEW, FEW + 1, 5 * FEW] {
            let mut object = object(0..count);
            assert!(object.keys().eq((0..count).map(|n| n.to_string())), "{count}");
            assert!((0..count).all(|n| object.get(&n.to_string()) == Some(&Json::from(n as u64))));
            assert!(object.get("none").is_none());
            assert_eq!(object.insert("last", Json::Null), None);
            assert_eq!(object.insert("last", Json::Bool(true)), Some(Json::Null));
            assert_eq!(object.remove("0").is_some(), count > 0);
            assert!(object.keys().eq((1..count).map(|n| n.to_string()).chain(["last".to_owned()])));
            assert_eq!(object.get("last"), Some(&Json::Bool(true)));
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_found() {
        for count in [2, FEW, 5 * FEW] {
            let member = |n: usize| (Name::from(n.to_string()), Json::Null);
            let mut members: Vec<_> = (0..count).map(member).collect();
            assert!(JsonObject::of_unique(members.clone()).is_ok());
            members.push(member(1));
            assert_eq!(JsonObject::of_unique(members).unwrap_err(), "1");
        }
    }

    #[test]
    fn order_makes_no_difference() {
        for count in [2, 5 * FEW] {
            assert_eq!(object(0..count), object((0..count).rev()));
            assert_ne!(object(0..count), object(0..count - 1));
        }
    }
}
