//! vox-bench.
