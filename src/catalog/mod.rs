//! What is known about models: family, prices, limits, features, lifecycle, each with its source.
