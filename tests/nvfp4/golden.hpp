// The committed tables of what NumPy and ml_dtypes say (scripts/make_golden_tables.py).
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"

namespace golden {

/// The hexadecimal numbers of each line.
inline std::vector<std::vector<uint64_t>> read(const std::string& name) {
  std::ifstream in(NVFP4BENCH_SOURCE_DIR "/tests/nvfp4/golden/" + name);
  REQUIRE(in);
  std::vector<std::vector<uint64_t>> lines;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::vector<uint64_t>& numbers = lines.emplace_back();
    for (uint64_t number; words >> std::hex >> number;) numbers.push_back(number);
  }
  return lines;
}

/// One row of roundings.txt: fp32 bits and the codes that they round to.
struct Rounding {
  uint32_t bits;
  uint64_t f16, bf16, e4m3, e2m1;
};

inline std::vector<Rounding> roundings() {
  std::vector<Rounding> rows;
  for (const auto& line : read("roundings.txt")) {
    rows.push_back({static_cast<uint32_t>(line.at(0)), line.at(1), line.at(2), line.at(3), line.at(4)});
  }
  REQUIRE(rows.size() > 1000);
  return rows;
}

}  // namespace golden
