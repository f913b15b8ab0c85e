//! Programs that tutor once got wrong, as small as they still showed it.
