#include <algorithm>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "report/report.hpp"
#include "report/text_table.hpp"

namespace nvfp4bench::report {
namespace {

Group group(int64_t m, int64_t n, int64_t k, int64_t l = 1) {
  Group g;
  g.m = m;
  g.n = n;
  g.k = k;
  g.l = l;
  return g;
}

Problem published() {
  Problem problem;
  problem.name = "g8_k7168";
  for (const int64_t m : {80, 176, 128, 72, 64, 248, 96, 160}) problem.groups.push_back(group(m, 4096, 7168));
  return problem;
}

/// The line of `text` that begins with `start` after its indentation.
std::string line_of(const std::string& text, const std::string& start) {
  const std::size_t at = text.find("\n  " + start);
  if (at == std::string::npos) return "no line " + start + " in\n" + text;
  return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

const std::vector<Peak> kB200 = {{"B200", 7.68e12, 6.9e15, "published"}};

const PlanNote kNote{"1, as fill gpumode has it", 3, 0.5, 10};

TEST_CASE("a plan shows sizes, bytes, flops, memory and the speed of light") {
  const std::string text = plan({published()}, {kNote}, kB200, 100);
  CHECK(text.starts_with("g8_k7168: dual_gemm_silu, 8 groups, M 64-248, N 4096, K 7168"));
  CHECK(line_of(text, "    0") == "      0   80  4096  7168  1  0.323   33.030  0.655    9.395");
  CHECK(line_of(text, "  all") == "    all                      4.129  264.241  8.389  120.259");
  CHECK(line_of(text, "compulsory") == "  compulsory bytes      276.759 MB, operands and output once each");
  CHECK(line_of(text, "arithmetic") == "  arithmetic intensity  434.5 flop/byte");
  CHECK(line_of(text, "memory") == "  memory needed         747 MB on the host");
  CHECK(line_of(text, "alpha") == "  alpha                 1, as fill gpumode has it");
  CHECK(line_of(text, "sampling") ==
        "  sampling              1.50 s to 30.0 s for 3 variants, apart from data, reference and checks");
  CHECK(line_of(text, "B200") == "  B200               36.036  bytes          18.833  bytes");
}

TEST_CASE("a plan fits the terminal, and is no wider than 100 columns") {
  Problem other = published();
  other.name = "other";
  other.description = std::string("Long") +
                      " words of a description, one after the other, as long as they are" +
                      " still wanted, and then some more of them, on and on.";
  const PlanNote note{
      "1.28e-07, as fill gauss has it; 0.02 as given, in place of 1.28e-07 as fill gauss has it", 3, 0.5, 10};
  for (const int width : {40, 45, 50, 60, 70, 79, 80, 100, 200}) {
    std::istringstream lines(plan({published(), other}, {note, note}, kB200, width));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(width, line);
      CHECK(display_width(line) <= std::min(width, 100));
    }
  }
  const std::string text = plan({published()}, {note}, kB200, 100);
  CHECK(text.find("in place of 1.28e-07 as fill\n                        gauss has it\n") !=
        std::string::npos);
  const std::string narrow = plan({published()}, {note}, kB200, 50);
  CHECK(narrow.find("\n  group 0  M 80  N 4096  K 7168  L 1  a MB 0.323\n      b1, b2 MB") !=
        std::string::npos);
  CHECK(narrow.find("\n  B200  dual GEMM us 36.036  bound by bytes\n") != std::string::npos);
}

TEST_CASE("a plan of several problems says how long sampling all of them takes") {
  CHECK(plan({published()}, {kNote}, kB200, 100).find("problems") == std::string::npos);
  CHECK(
      plan({published(), published()}, {kNote, kNote}, kB200, 100)
          .ends_with("\n2 problems: 3.00 s to 60.0 s of sampling, apart from data, reference and checks.\n"));
}

TEST_CASE("a plan names the term that binds") {
  Problem problem = published();
  for (Group& g : problem.groups) g.m = 4096;
  CHECK(line_of(plan({problem}, {{}}, kB200, 100), "B200").find("flops") != std::string::npos);
}

TEST_CASE("equal neighbours share a row") {
  Problem problem = published();
  problem.groups.assign(4096, group(1, 16, 16));
  problem.groups.push_back(group(2, 16, 16));
  const std::string text = plan({problem}, {{}}, kB200, 100);
  CHECK(text.find("0-4095") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') < 20);
}

TEST_CASE("a plan of empty groups says that there is nothing to compute") {
  Problem problem = published();
  problem.groups = {group(0, 16, 16)};
  const std::string text = plan({problem}, {{}}, kB200, 100);
  CHECK(text.find("nothing to compute: every group is empty") != std::string::npos);
  CHECK(text.find("NaN") == std::string::npos);
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find("B200") == std::string::npos);
}

}  // namespace
}  // namespace nvfp4bench::report
