// What the user asked for: a plain struct, validated once, then const.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "model/isa.hpp"

namespace nvfp4bench::cli {

/// Bad usage: one line that says what is wrong and what is expected.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What `run` and `plan` work on, and what overrides the problem sets.
struct ProblemOptions {
  std::vector<std::string> configs;
  std::vector<std::string> names;  // globs of problems' names; empty: all that the configs have
  std::optional<uint64_t> seed;
  std::optional<std::string> fill;
  std::optional<std::string> pad_scales;
};

struct RunCommand {
  ProblemOptions problems;
  std::optional<std::filesystem::path> load;
  std::vector<std::string> variants;  // globs; empty: all that fit the problem, on the GPU if there is one
  std::vector<std::string> excluded;  // globs
  std::optional<std::filesystem::path> json;
  std::optional<std::filesystem::path> csv;
  std::optional<std::filesystem::path> markdown;
  std::optional<std::filesystem::path> junit;
  std::optional<std::filesystem::path> dump;
  Isa isa = Isa::portable;
  int threads = 1;
  std::optional<int> device;  // ordinal of a GPU; absent: the first
  bool check_only = false;
  bool time_only = false;
  std::optional<uint64_t> sample_seed;  // absent: drawn
  bool exact_first = false;
  double min_time_s = 0.5;
  double max_time_s = 10;
  std::optional<int> samples;  // exactly so many, in place of the times
  std::optional<double> timeout_s;
  bool in_process = false;
  bool quiet = false;
};

enum class ListWhat { all, variants, configs, fills, devices };

struct ListCommand {
  ListWhat what = ListWhat::all;
  bool json = false;
};

struct PlanCommand {
  ProblemOptions problems;
  bool json = false;
};

/// Text asked for with --help or --version, to print before leaving with exit code 0.
struct PrintCommand {
  std::string text;
};

using Command = std::variant<RunCommand, ListCommand, PlanCommand, PrintCommand>;

/// Throws UsageError.
Command parse(int argc, const char* const* argv);

}  // namespace nvfp4bench::cli
