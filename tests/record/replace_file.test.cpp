#include "record/replace_file.hpp"

#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "record/temporary_directory.hpp"

using namespace nvfp4bench::record;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a file is replaced as a whole, and nothing stays beside it") {
  const TemporaryDirectory folder;
  const fs::path file = folder.path() / "file";
  CHECK(why_not_replaceable(file).empty());
  CHECK(fs::is_empty(folder.path()));
  std::ofstream(file) << "old, and longer";
  std::ifstream reader(file);  // keeps what it opened
  CHECK(replace_file(file, "new").empty());
  CHECK(read(file) == "new");
  std::string seen;
  std::getline(reader, seen);
  CHECK(seen == "old, and longer");
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("what cannot be replaced stays, and the reason is said") {
  const TemporaryDirectory folder;
  fs::create_directories(folder.path() / "taken/full");
  CHECK(replace_file(folder.path() / "taken", "new") == "Is a directory");
  CHECK(fs::is_directory(folder.path() / "taken/full"));
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  CHECK(why_not_replaceable(folder.path() / "none/file") == "No such file or directory");
  CHECK(replace_file(folder.path() / "none/file", "new") == "No such file or directory");
}
