#include "cli/cli.hpp"
#include "kernels/registry.hpp"

int main(int argc, char** argv) { return nvfp4bench::cli::run(argc, argv, nvfp4bench::kernels::variants()); }
