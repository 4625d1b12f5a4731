// Whole runs of the tool that has wrong variants too.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "catch.hpp"

namespace nvfp4bench {

struct Outcome {
  int exit_code = -1;
  std::string output;
};

/// What a shell makes of `command`, stderr left out.
inline Outcome run_command(const std::string& command) {
  Outcome outcome;
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (size_t size; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) outcome.output.append(buffer, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

/// The tool on a shipped set.
inline std::string on_set(const std::string& set) {
  return NVFP4BENCH_WRONG_BINARY " --config " NVFP4BENCH_SOURCE_DIR "/configs/" + set + ".json --threads 2 ";
}
inline const std::string kSmoke = on_set("smoke");

/// One run on a shipped set.
inline Outcome run(const std::string& options, const std::string& set = "smoke") {
  return run_command(on_set(set) + "--check-only " + options);
}

inline bool contains(const Outcome& outcome, std::string_view text) {
  return outcome.output.find(text) != std::string::npos;
}

/// What is said of a variant, problem after problem, in a JSON report.
inline std::vector<nlohmann::json> rows_of(const std::string& variant, const nlohmann::json& report) {
  std::vector<nlohmann::json> found;
  for (const auto& problem : report.at("problems")) {
    for (const auto& result : problem.at("variants")) {
      if (result.at("variant") == variant) found.push_back(result);
    }
  }
  return found;
}

using Statuses = std::vector<std::string>;

inline Statuses statuses_of(const std::string& variant, const nlohmann::json& report) {
  Statuses found;
  for (const nlohmann::json& row : rows_of(variant, report)) found.push_back(row.at("status"));
  return found;
}

}  // namespace nvfp4bench
