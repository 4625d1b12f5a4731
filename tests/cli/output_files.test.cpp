#include "cli/output_files.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "catch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::cli;
namespace fs = std::filesystem;

namespace {

struct TemporaryDir {
  fs::path path = fs::temp_directory_path() / ("nvfp4bench_output_files." + std::to_string(::getpid()));
  TemporaryDir() { fs::create_directories(path); }
  ~TemporaryDir() { fs::remove_all(path); }
};

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a report that cannot be written is refused before the run, and what is there stays") {
  const TemporaryDir dir;
  RunCommand command;
  command.json = dir.path / "no_such_folder" / "out.json";
  CHECK_THROWS_AS(OutputFiles(command), UsageError);
  command.json = dir.path;
  CHECK_THROWS_AS(OutputFiles(command), UsageError);

  command.json = dir.path / "out.json";
  std::ofstream(*command.json) << "old";
  const OutputFiles files(command);
  CHECK(read(*command.json) == "old");
}

TEST_CASE("two reports into one place are refused") {
  RunCommand command;
  command.json = "-";
  command.csv = "-";
  CHECK_THROWS_AS(OutputFiles(command), UsageError);
}

TEST_CASE("update replaces the whole file and leaves nothing beside it") {
  const TemporaryDir dir;
  RunCommand command;
  command.csv = dir.path / "out.csv";
  const OutputFiles files(command);
  RunResult result;
  files.update(result);
  const std::string before = read(*command.csv);
  ProblemResult& problem = result.problems.emplace_back();
  problem.problem.name = std::string("p");
  problem.problem.groups = {{.m = 1, .n = 1, .k = 16}};
  name_variant(problem.variants.emplace_back(), "cpu/gemm");
  files.update(result);
  CHECK(read(*command.csv).size() > before.size());
  CHECK(std::distance(fs::directory_iterator(dir.path), fs::directory_iterator()) == 1);
}

TEST_CASE("a report to a symbolic link is written to what it points to") {
  const TemporaryDir dir;
  std::ofstream(dir.path / "real.csv") << "old";
  fs::create_symlink(dir.path / "real.csv", dir.path / "link.csv");
  RunCommand command;
  command.csv = dir.path / "link.csv";
  OutputFiles(command).update({});
  CHECK(fs::is_symlink(dir.path / "link.csv"));
  CHECK(read(dir.path / "real.csv") != "old");
}
