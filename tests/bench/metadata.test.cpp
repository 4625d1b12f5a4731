#include "bench/metadata.hpp"

#include <regex>

#include "catch.hpp"

using namespace nvfp4bench;

TEST_CASE("metadata name the build, the machine, the moment and the command") {
  const Metadata metadata = bench::collect_metadata(Isa::avx2, 3, {"nvfp4bench", "--config", "a b.json"});
  CHECK(std::regex_match(metadata.tool_version, std::regex(R"(\d+\.\d+\.\d+)")));
  CHECK(std::regex_match(metadata.git_revision, std::regex(R"(|[0-9a-f]{40}(-dirty)?)")));
  CHECK(std::regex_match(metadata.compiler, std::regex(R"(\w+ \d+\.[\d.]+)")));
  CHECK(metadata.compiler_flags.find("-ffp-contract=off") != std::string::npos);
  CHECK_FALSE(metadata.cpu.empty());
  CHECK(metadata.os.find("Linux") != std::string::npos);
  CHECK(std::regex_match(metadata.started_at, std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
  CHECK(metadata.isa == "avx2");
  CHECK(metadata.threads == 3);
  CHECK(metadata.command_line == std::vector<std::string>{"nvfp4bench", "--config", "a b.json"});
}
