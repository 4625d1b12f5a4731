// main() of every test executable. Exit codes: 0 passed, 1 a failure, 4 every test case was skipped.
#define CATCH_CONFIG_RUNNER
#include <utility>

#include "catch.hpp"

namespace {

constexpr int kFailed = 1;   // Catch2's own is the number of failures, which may be 4
constexpr int kSkipped = 4;  // SKIP_RETURN_CODE in CMakeLists.txt

#ifdef NVFP4BENCH_CATCH2_SKIPS
using Listener = Catch::EventListenerBase;
#else
using Listener = Catch::TestEventListenerBase;
#endif

struct Count : Listener {
  using Listener::Listener;

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    ++ended;
    if (stats.totals.testCases.failed > 0) ++failed;
    if (std::exchange(nvfp4bench::test::skipping(), false)) ++skipped;
  }

  static inline int ended = 0;
  static inline int failed = 0;
  static inline int skipped = 0;
};

CATCH_REGISTER_LISTENER(Count)

}  // namespace

int main(int argc, char** argv) {
  const int code = Catch::Session().run(argc, argv);
  if (Count::failed > 0) return kFailed;
  if (Count::skipped > 0 && Count::skipped == Count::ended) return kSkipped;
  return code;
}
