#include "config/lookup.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "config/devices.hpp"
#include "config/problem_set.hpp"
#include "text/config_error.hpp"

namespace nvfp4bench::config {
namespace {

namespace fs = std::filesystem;

/// A fresh working directory, and NVFP4BENCH_CONFIG_PATH pointing to two folders in it, for one test.
class Sandbox {
 public:
  Sandbox() {
    std::string pattern = (fs::temp_directory_path() / "nvfp4bench_lookup_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
    for (const char* folder : {"here", "first", "second"}) fs::create_directory(root_ / folder);
    fs::current_path(root_ / "here");
    setenv("NVFP4BENCH_CONFIG_PATH",
           ((root_ / "first").string() + "::" + (root_ / "second").string()).c_str(), 1);
  }
  ~Sandbox() {
    unsetenv("NVFP4BENCH_CONFIG_PATH");
    fs::current_path(before_);
    fs::remove_all(root_);
  }
  fs::path write(const fs::path& path) const {
    std::ofstream(root_ / path) << R"({"m": 1, "n": 1, "k": 16})";
    return root_ / path;
  }

 private:
  fs::path before_ = fs::current_path();
  fs::path root_;
};

std::string error_of(const std::string& name) {
  try {
    load_problem_set(find_config(name));
  } catch (const text::ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST_CASE("a bare name is found with and without .json, the nearest folder first") {
  const Sandbox sandbox;
  const fs::path second = sandbox.write("second/mine.json");
  CHECK(find_config("mine") == second);
  const fs::path first = sandbox.write("first/mine.json");
  CHECK(find_config("mine.json") == first);
  sandbox.write("here/mine.json");
  CHECK(find_config("mine") == "mine.json");
}

TEST_CASE("the shipped sets are found from anywhere") {
  const Sandbox sandbox;
  CHECK(load_problem_set(find_config("g8_k7168")).front().groups.size() == 8);
}

TEST_CASE("a path is taken as it is") {
  const Sandbox sandbox;
  sandbox.write("first/mine.json");
  CHECK(find_config("../first/mine.json") == "../first/mine.json");
  CHECK(find_config("../first/mine") == "../first/mine.json");
  CHECK(error_of("./mine.json") == "./mine.json: no such file");
  CHECK(error_of("../first/") == "../first/: is a folder; expected a JSON file");
}

TEST_CASE("a near miss is named, with where it was looked for") {
  const Sandbox sandbox;
  const std::string error = error_of("g8_k7186");
  CHECK(error.starts_with("no problem set \"g8_k7186\" (did you mean 'g8_k7168'?) (looked in ., "));
  CHECK(error_of("zebra").find("; there are adversarial, correctness, decode_g8, ") != std::string::npos);
}

TEST_CASE("a folder of the right name does not hide a file") {
  const Sandbox sandbox;
  fs::create_directory("smoke");
  CHECK(find_config("smoke").filename() == "smoke.json");
}

TEST_CASE("the list holds problem sets alone, each name once, the first wins") {
  const Sandbox sandbox;
  const fs::path mine = sandbox.write("first/smoke.json");
  sandbox.write("second/smoke.json");
  int smokes = 0;
  for (const fs::path& path : list_configs()) {
    CHECK(path.filename() != "devices.json");
    CHECK(path.string().find("schema") == std::string::npos);
    if (path.filename() != "smoke.json") continue;
    ++smokes;
    CHECK(path == mine);
  }
  CHECK(smokes == 1);
}

TEST_CASE("what cannot be read says so") {
  CHECK_THROWS_WITH(load_problem_set("/nowhere/x.json"),
                    "/nowhere/x.json: cannot be read: No such file or directory");
}

TEST_CASE("datasheets come from the first folder of the tool's own that has them, and may be missing") {
  const Sandbox sandbox;
  sandbox.write("here/devices.json");  // of the user: no datasheets
  const std::array<fs::path, 2> none{"../first", "../second"};
  CHECK(find_devices(none).empty());
  CHECK_THROWS_AS(find_devices(std::array<fs::path, 2>{"../first", "."}), text::ConfigError);
  const std::array<fs::path, 2> own{"../first", NVFP4BENCH_SOURCE_DIR "/configs"};
  CHECK(find_devices(own).size() >= 2);
  for (const fs::path& folder : own_folders()) CHECK(folder.is_absolute());
}

}  // namespace
}  // namespace nvfp4bench::config
