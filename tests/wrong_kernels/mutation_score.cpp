// Runs every wrong kernel on the problem of a shipped set that is to show it, and prints how many ended as they
// must. Exit code 1 where any did not.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "wrong_kernels/wrong_kernels.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

/// The results of these variants on one problem of a shipped set, by the tool that has the wrong ones.
nlohmann::json results(const std::string& tool, const std::string& configs, const std::string& set,
                       const std::string& problem, const std::string& options, const std::string& variants) {
  const std::string command =
      fmt::format("'{}' --config '{}/{}.json' --problem '{}' --variants '{}' {} --quiet --json - 2>/dev/null",
                  tool, configs, set, problem, variants, options);
  std::string output;
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + tool);
  char buffer[4096];
  for (size_t size; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, size);
  pclose(pipe);
  return nlohmann::json::parse(output).at("problems").at(0).at("variants");
}

std::string text(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : ""; }

/// Empty if `result` is as expected, else what is not.
std::string deviation(const Expectation& expected, const nlohmann::json& result) {
  const std::string status = text(result.at("status"));
  const std::string reason = text(result.at("reason"));
  if (status != to_string(expected.status)) {
    return fmt::format("expected {}, ended as {}{}{}", to_string(expected.status), status,
                       reason.empty() ? "" : ": ", reason);
  }
  if (reason.find(expected.says) == std::string::npos)
    return fmt::format("expected the reason to say '{}', got: {}", expected.says, reason);
  return "";
}

/// The engine that wrong kernels alter must pass where they fail, or they fail for its reasons.
constexpr std::string_view kControls[] = {"direct/right", "direct/right_gemm"};

bool is_control(const Case& found) {
  return std::find(std::begin(kControls), std::end(kControls), found.variant) != std::end(kControls);
}

struct Score {
  int wrong = 0;
  int caught = 0;
  int deviations = 0;
  std::vector<Case> allowed;

  void count(const Case& found, const std::string& deviation, const std::string& reason, bool verbose) {
    const Expectation& expected = found.expected;
    const bool is_right = is_control(found);
    wrong += !is_right;
    if (!deviation.empty()) {
      ++deviations;
      fmt::print("{} on {}/{}: {}\n", found.variant, expected.set, expected.problem, deviation);
    } else if (!expected.allowed_because.empty()) {
      allowed.push_back(found);
    } else {
      caught += !is_right;
      if (verbose) fmt::print("{} on {}/{}: {}\n", found.variant, expected.set, expected.problem, reason);
    }
  }
};

int run(const std::string& tool, const std::string& configs, bool verbose) {
  using Run = std::array<std::string_view, 3>;  // set, problem, options
  std::map<Run, std::vector<Case>> runs;
  for (const Case& wrong : cases())
    runs[{wrong.expected.set, wrong.expected.problem, wrong.expected.options}].push_back(wrong);

  Score score;
  for (auto& [run, wrong] : runs) {
    const auto& [set, problem, options] = run;
    for (const std::string_view control : kControls)
      wrong.push_back({control, {set, problem, Status::passed}});
    std::string names;
    for (const Case& one : wrong) names += fmt::format("{}{}", names.empty() ? "" : ",", one.variant);
    const nlohmann::json found =
        results(tool, configs, std::string(set), std::string(problem), std::string(options), names);
    for (const Case& one : wrong) {
      for (const nlohmann::json& result : found) {
        if (result.at("variant") != one.variant) continue;
        if (is_control(one) && result.at("status") == "skipped") continue;  // of the other op
        score.count(one, deviation(one.expected, result), text(result.at("reason")), verbose);
      }
    }
  }

  fmt::print("{} of {} wrong kernels caught", score.caught, score.wrong);
  if (!score.allowed.empty()) fmt::print("; allowed by contract: {}", score.allowed.size());
  fmt::print("\n");
  for (const Case& one : score.allowed) fmt::print("  {}: {}\n", one.variant, one.expected.allowed_because);
  return score.deviations == 0 && score.wrong == static_cast<int>(cases().size()) ? 0 : 1;
}

}  // namespace
}  // namespace nvfp4bench::wrong_kernels

/// mutation_score TOOL CONFIGS [--verbose]
int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: mutation_score TOOL CONFIGS [--verbose]\n");
    return 2;
  }
  try {
    return nvfp4bench::wrong_kernels::run(argv[1], argv[2], argc > 3);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mutation_score: {}\n", error.what());
    return 2;
  }
}
