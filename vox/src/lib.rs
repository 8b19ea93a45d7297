//! vox.
