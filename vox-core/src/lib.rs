//! vox-core.
