// How a wrong kernel must end, and where in the shipped sets that shows.
#pragma once

#include <string_view>

#include "model/result.hpp"

namespace nvfp4bench::wrong_kernels {

struct Expectation {
  /// A problem of a shipped set, such as "smoke" and "ragged".
  std::string_view set;
  std::string_view problem;
  Status status = Status::failed;
  /// Part of the reason that must be given. Empty: a wrong value.
  std::string_view says = {};
  /// Why its contract lets it pass, where it does.
  std::string_view allowed_because = {};
  /// Of the run that shows it.
  std::string_view options = "--check-only";
};

/// Passes, and may.
constexpr Expectation allowed(std::string_view set, std::string_view problem, std::string_view because) {
  return {set, problem, Status::passed, "", because};
}

struct Case {
  std::string_view variant;
  Expectation expected;
};

}  // namespace nvfp4bench::wrong_kernels
