//! vox-jit.
