#![doc = include_str!("support.md")]
