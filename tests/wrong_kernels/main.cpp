// The tool with the wrong variants beside the real ones: nvfp4bench_wrong --config smoke --variants 'wrong/*'
#include <vector>

#include "cli/cli.hpp"
#include "kernels/registry.hpp"
#include "wrong_kernels/wrong_kernels.hpp"

int main(int argc, char** argv) {
  const auto real = nvfp4bench::kernels::variants();
  const auto wrong = nvfp4bench::wrong_kernels::variants();
  std::vector<const nvfp4bench::kernels::Variant*> all(real.begin(), real.end());
  all.insert(all.end(), wrong.begin(), wrong.end());
  return nvfp4bench::cli::run(argc, argv, all);
}
