// The program itself, run by a shell in a folder of its own.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <unistd.h>

#include <sys/wait.h>

#include "catch.hpp"

namespace tool {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;  // as a shell says it: 128 + n where signal n ended the program
  std::string out;
  std::string err;
};

/// The programs' working directory, removed at the end.
inline const fs::path& scratch() {
  struct Folder {
    fs::path path = fs::temp_directory_path() / ("nvfp4bench_cli." + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  return folder.path;
}

inline std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline fs::path write(const std::string& name, const std::string& text) {
  const fs::path path = scratch() / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

/// A problem that takes no time.
inline constexpr const char* kTiny = R"({"m": [3, 0, 17], "n": 40, "k": 64})";

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// `script` in scratch(); the program is "$TOOL" there.
inline Outcome run_shell(const std::string& script) {
  ::setenv("TOOL", NVFP4BENCH_BINARY, 1);
  const fs::path err = scratch() / "stderr";
  const std::string command =
      "cd '" + scratch().string() + "' && ( " + script + "\n) 2>'" + err.string() + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Outcome outcome;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    outcome.out.append(buffer.data(), n);
  outcome.code = WEXITSTATUS(::pclose(pipe));
  outcome.err = read(err);
  return outcome;
}

inline Outcome run_tool(const std::string& arguments) { return run_shell("\"$TOOL\" " + arguments); }

}  // namespace tool
