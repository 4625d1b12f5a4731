// Mutated problem sets: whatever the text, parsing ends with valid problems or with one line.
#include <algorithm>
#include <array>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "config/invariants.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::config {
namespace {

constexpr std::array<std::string_view, 28> kTokens = {
    "0",     "-1",  "1",     "15",    "16",     "17",       "1217392",     "1217408",  "2147483648",
    "1e3",   "1.0", "-0.0",  "1e400", "0.1e-9", "\"\"",     "null",        "true",     "9223372036854775807",
    "[]",    "{}",  "[[1]]", "\"m\"", "\"g\"",  "\"fill\"", "\"\\u0000\"", "\"\xff\"", "18446744073709551616",
    "[1, 2]"};

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  std::string mutate(std::string text) {
    for (std::size_t steps = 1 + below(3); steps > 0 && !text.empty(); --steps) step(text);
    return text;
  }

  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  void step(std::string& text) {
    const std::size_t at = below(text.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(20, text.size() - at));
    switch (below(6)) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(below(text.size()), text.substr(at, length));
        break;
      case 3:
        text.resize(at);
        break;
      case 4:
        replace_token(text, at, "0123456789", kTokens[below(kTokens.size())]);
        break;
      case 5:
        replace_token(text, at, "abcdefghijklmnopqrstuvwxyz0123456789_\"", kTokens[below(kTokens.size())]);
        break;
    }
  }

  /// The first run of `alphabet` at or after `at`.
  static void replace_token(std::string& text, std::size_t at, std::string_view alphabet,
                            std::string_view replacement) {
    const std::size_t begin = text.find_first_of(alphabet, at);
    if (begin == std::string::npos) return;
    const std::size_t end = std::min(text.find_first_not_of(alphabet, begin), text.size());
    text.replace(begin, end - begin, replacement);
  }

  std::mt19937 random_;
};

TEST_CASE("mutated problem sets are read whole or refused in one line") {
  std::vector<std::string> seeds;
  for (const std::filesystem::path& path :
       std::filesystem::directory_iterator(NVFP4BENCH_SOURCE_DIR "/configs"))
    if (path.extension() == ".json") seeds.push_back(text::read_file(path));
  REQUIRE(seeds.size() >= 11);

  Mutator mutator(1);
  constexpr int kMutations = 8000;
  for (int i = 0; i < kMutations; ++i) {
    const std::string text = mutator.mutate(seeds[mutator.below(seeds.size())]);
    std::string broken;
    try {
      broken = broken_invariant(text);
    } catch (const std::exception& error) {
      broken = error.what();
    }
    if (!broken.empty()) FAIL(broken << " in mutation " << i << ":\n" << text);
  }
}

}  // namespace
}  // namespace nvfp4bench::config
