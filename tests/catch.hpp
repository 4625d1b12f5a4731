// Catch2, version 2 or 3, and tests that skip themselves.
#pragma once

#include <string>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#define NVFP4BENCH_CATCH2_SKIPS
#else
#include <catch2/catch.hpp>
#endif

namespace nvfp4bench::test {

/// Whether the test case that runs has skipped itself: Catch2 2 does not know.
inline bool& skipping() {
  static bool now = false;
  return now;
}

/// Ends the test case as neither passed nor failed; ctest calls it skipped.
inline void skip(const std::string& why) {
  skipping() = true;
#ifdef NVFP4BENCH_CATCH2_SKIPS
  SKIP(why);
#else
  WARN("skipped: " << why);
  throw Catch::TestFailureException();  // ends a test case without another failure
#endif
}

#if defined(__SANITIZE_ADDRESS__)
#define NVFP4BENCH_UNDER_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NVFP4BENCH_UNDER_SANITIZER
#endif
#endif

/// For tests that take something away which the sanitizers' own runtime needs, or that its overhead upsets.
inline void skip_under_sanitizers(const std::string& why) {
#ifdef NVFP4BENCH_UNDER_SANITIZER
  skip("not under sanitizers: " + why);
#else
  (void)why;
#endif
}

}  // namespace nvfp4bench::test
