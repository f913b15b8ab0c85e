//! The attributes that built-in types have, read here or not: only another one surely raises.

/// Types by the name that `type(value).__name__` gives, and their attributes without those with double
/// underscores (`dir()` of Python 3.10 to 3.14).
const TABLE: &[(&str, &str)] = &[
    (
        "str",
        "capitalize casefold center count encode endswith expandtabs find format format_map index isalnum \
         isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle \
         isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind \
         rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate \
         upper zfill",
    ),
    (
        "bytes",
        "capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha \
         isascii isdigit islower isspace istitle isupper join ljust lower lstrip maketrans partition \
         removeprefix removesuffix replace resize rfind rindex rjust rpartition rsplit rstrip split \
         splitlines startswith strip swapcase title translate upper zfill",
    ),
    (
        "bytearray",
        "append capitalize center clear copy count decode endswith expandtabs extend find fromhex hex \
         index insert isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower \
         lstrip maketrans partition pop remove removeprefix removesuffix replace resize reverse rfind \
         rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate \
         upper zfill",
    ),
    (
        "int",
        "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer numerator \
         real to_bytes",
    ),
    ("float", "as_integer_ratio conjugate from_number fromhex hex imag is_integer real"),
    ("list", "append clear copy count extend index insert pop remove reverse sort"),
    ("tuple", "count index"),
    ("dict", "clear copy fromkeys get items keys pop popitem setdefault update values"),
    (
        "set",
        "add clear copy difference difference_update discard intersection intersection_update isdisjoint \
         issubset issuperset pop remove symmetric_difference symmetric_difference_update union update",
    ),
    ("frozenset", "copy difference intersection isdisjoint issubset issuperset symmetric_difference union"),
    ("range", "count index start step stop"),
    ("slice", "indices start step stop"),
    ("NoneType", ""),
    ("OrderedDict", "clear copy fromkeys get items keys move_to_end pop popitem setdefault update values"),
    (
        "defaultdict",
        "clear copy default_factory fromkeys get items keys pop popitem setdefault update values",
    ),
    (
        "Counter",
        "_keep_positive clear copy elements fromkeys get items keys most_common pop popitem setdefault \
         subtract total update values",
    ),
    (
        "deque",
        "append appendleft clear copy count extend extendleft index insert maxlen pop popleft remove \
         reverse rotate",
    ),
];

/// Whether a value of a built-in type surely has no such attribute.
pub(crate) fn is_absent(type_name: &str, attribute: &str) -> bool {
    TABLE.iter().any(|(name, attributes)| {
        *name == type_name && !attributes.split_whitespace().any(|known| known == attribute)
    })
}

#[cfg(test)]
mod tests {
    use super::is_absent;

    #[test]
    fn only_what_no_version_of_python_has_is_absent() {
        assert!(is_absent("list", "add"));
        assert!(!is_absent("str", "isprintable"));
        assert!(!is_absent("generator", "throw"), "a type that is not in the table may have anything");
    }
}
