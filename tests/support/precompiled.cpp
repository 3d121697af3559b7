// A target that has precompiled headers has a source; see tests/CMakeLists.txt.
