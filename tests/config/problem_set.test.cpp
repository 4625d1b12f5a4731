#include "config/problem_set.hpp"

#include <ctime>
#include <string>

#include <fmt/format.h>

#include "catch.hpp"
#include "text/config_error.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::config {
namespace {

std::vector<Problem> parse(const std::string& text) { return parse_problem_set(text, "dir/set.json"); }

/// The message that parsing `text` ends with, without the file's name.
std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const text::ConfigError& error) {
    const std::string what = error.what();
    REQUIRE(what.starts_with("dir/set.json: "));
    REQUIRE(what.find('\n') == std::string::npos);
    return what.substr(std::string("dir/set.json: ").size());
  }
  return "no error";
}

/// A problem in shorthand, with `more` keys.
std::string shorthand(const std::string& more) { return R"({"m": 1, "n": 1, "k": 16, )" + more + "}"; }

TEST_CASE("both spellings of groups mean the same") {
  const auto listed =
      parse(R"({"groups": [{"m": 80, "n": 4096, "k": 7168}, {"m": 0, "n": 4096, "k": 256, "l": 1}],
                                "alpha1": 0.5})");
  const auto shorthand_of_same =
      parse(R"({"m": [80, 0], "n": 4096, "k": [7168, 256], "g": 2, "alpha1": [0.5, 0.5]})");
  CHECK(listed == shorthand_of_same);
  REQUIRE(listed.front().groups.size() == 2);
  CHECK(listed.front().groups[0] ==
        Group{.m = 80, .n = 4096, .k = 7168, .l = 1, .alpha1 = 0.5f, .alpha2 = {}});
  CHECK(listed.front().groups[1].m == 0);
}

TEST_CASE("a problem says only what differs from the defaults") {
  const Problem problem = parse(R"({"m": 1, "n": 2, "k": 16})").front();
  CHECK(problem.name == "set");
  CHECK(problem.op == Op::dual_gemm_silu);
  CHECK(problem.output == OutputType::f16);
  CHECK(problem.fill == "gpumode");
  CHECK(problem.seed == 1);
  CHECK(problem.groups == std::vector<Group>{{.m = 1, .n = 2, .k = 16, .l = 1, .alpha1 = {}, .alpha2 = {}}});
}

TEST_CASE("every field is read") {
  const Problem problem =
      parse(R"({"problems": [{"$schema": "x", "name": "A b", "description": "ü", "op": "gemm",
    "output": "bf16", "fill": "gauss", "seed": 18446744073709551615, "m": 1, "n": 2, "k": 32, "l": [3, 4],
    "alpha1": [1, -0.1], "alpha2": 1e18}]})")
          .front();
  CHECK(problem.name == "A b");
  CHECK(problem.description == "ü");
  CHECK(problem.op == Op::gemm);
  CHECK(problem.output == OutputType::bf16);
  CHECK(problem.fill == "gauss");
  CHECK(problem.seed == UINT64_MAX);
  REQUIRE(problem.groups.size() == 2);
  CHECK(problem.groups[1] == Group{.m = 1, .n = 2, .k = 32, .l = 4, .alpha1 = -0.1f, .alpha2 = 1e18f});
}

TEST_CASE("a group's own alpha comes before its problem's") {
  const auto groups = parse(R"({"alpha1": 2, "groups": [{"m": 1, "n": 1, "k": 16, "alpha1": 3},
                                                        {"m": 1, "n": 1, "k": 16}]})")
                          .front()
                          .groups;
  CHECK(groups[0].alpha1 == 3.0f);
  CHECK(groups[1].alpha1 == 2.0f);
}

TEST_CASE("problems without a name are told apart by their index") {
  const auto problems = parse(R"({"problems": [{"m": 1, "n": 1, "k": 16}, {"m": 1, "n": 1, "k": 16}]})");
  CHECK(problems[0].name == "set_0");
  CHECK(problems[1].name == "set_1");
}

TEST_CASE("an error names the place, what is expected and what is there") {
  CHECK(error_of(R"({"problems": [{"m": 1, "n": 1, "k": 16}, {"groups": [{"m": 1, "n": 1, "k": 100}]}]})") ==
        "/problems/1/groups/0/k: expected a positive multiple of 16, got 100");
  CHECK(error_of(R"({"m": [1, -2], "n": 1, "k": 16})") == "/m/1: expected an integer of at least 0, got -2");
  CHECK(error_of("[]") == "expected a problem, or an object with \"problems\", got a list of 0");
}

TEST_CASE("sizes are integers in range") {
  const auto k_error = [](const std::string& k) { return error_of(R"({"m": 1, "n": 1, "k": )" + k + "}"); };
  const std::string multiple = "/k: expected a positive multiple of 16, got ";
  CHECK(k_error("0") == multiple + "0");
  CHECK(k_error("-16") == multiple + "-16");
  CHECK(k_error("16.5") == multiple + "16.5");
  CHECK(k_error("-16.0") == multiple + "-16.0");
  CHECK(k_error("\"16\"") == multiple + "\"16\"");
  CHECK(k_error("null") == multiple + "null");
  CHECK(k_error("{}") == multiple + "an object");
  CHECK(k_error("99999999999999999999") == multiple + "1e+20");
  CHECK(k_error("1217408") ==
        "/k: expected a multiple of 16 up to 1217392, for which sums are exact, got 1217408");
  CHECK(k_error("1217392") == "no error");
  CHECK(error_of(R"({"m": 1, "n": 0, "k": 16})") == "/n: expected an integer of at least 1, got 0");
  CHECK(error_of(R"({"m": 0.5, "n": 1, "k": 16})") == "/m: expected an integer of at least 0, got 0.5");
  CHECK(error_of(R"({"m": 9.3e18, "n": 1, "k": 16})") ==
        "/m: expected an integer of at least 0, got 9.3e+18");
  CHECK(error_of(R"({"m": true, "n": 1, "k": 16})") == "/m: expected an integer of at least 0, got true");
  CHECK(error_of(R"({"m": 9223372036854775808, "n": 1, "k": 16})") ==
        "/m: expected an integer of at least 0, got 9223372036854775808");
  CHECK(error_of(shorthand(R"("l": 0)")) == "/l: expected an integer of at least 1, got 0");
}

TEST_CASE("sizes that overflow 64-bit arithmetic are refused, alone or summed over groups") {
  CHECK(error_of(R"({"groups": [{"m": 9223372036854775807, "n": 9223372036854775807, "k": 16}]})")
            .starts_with("/groups/0: expected sizes whose bytes and flops, summed over groups, fit 64 bits; "
                         "group 0 has m 9223372036854775807"));
  const std::string large = R"({"m": 1000000, "n": 1000000, "k": 65536})";
  CHECK(error_of(R"({"groups": [)" + large + "]}") == "no error");
  CHECK(error_of(R"({"groups": [)" + large + "," + large + "," + large + "]}")
            .starts_with("/groups/2: expected sizes"));
}

TEST_CASE("an integer is one however it is spelled, as in the schema") {
  const auto problem = parse(R"({"m": 1e3, "n": 8.0, "k": 1.6e1, "l": 2.0, "g": 2.0, "seed": 1e19})").front();
  CHECK(problem.groups == std::vector<Group>(2, Group{.m = 1000, .n = 8, .k = 16, .l = 2}));
  CHECK(problem.seed == 10'000'000'000'000'000'000U);
}

TEST_CASE("g says how many groups there are where no size is a list of several") {
  CHECK(parse(R"({"g": 4, "m": 3, "n": 8, "k": 16})").front().groups ==
        std::vector<Group>(4, Group{.m = 3, .n = 8, .k = 16}));
  CHECK(parse(R"({"g": 4, "m": [3], "n": 8, "k": 16})").front().groups.size() == 4);
  CHECK(error_of(R"({"g": 4097, "m": 3, "n": 8, "k": 16})") == "/g: expected 1 to 4096 groups, got 4097");
  CHECK(error_of(R"({"g": 0, "m": 3, "n": 8, "k": 16})") == "/g: expected an integer of at least 1, got 0");
}

TEST_CASE("the time to read a problem set grows with its size, not with its square") {
  const auto seconds_for = [](std::size_t count) {
    std::string groups;
    for (std::size_t i = 0; i < count; ++i) groups += R"({"m": 1, "n": 8, "k": 16},)";
    groups.back() = ']';
    const std::clock_t begun = std::clock();  // of this process, whatever else the machine does
    CHECK(error_of("{\"groups\": [" + groups + "}") ==
          fmt::format("/groups: expected a list of 1 to 4096 groups, got a list of {}", count));
    return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  };
  CHECK(seconds_for(100'000) < 10 * seconds_for(20'000) + 0.05);
}

TEST_CASE("lists of the shorthand agree in length") {
  CHECK(error_of(R"({"m": [1, 2, 3], "n": [1, 2], "k": 16})") ==
        "/n: expected 1 or 3 values, as many as m has, got a list of 2");
  CHECK(error_of(R"({"m": [1, 2], "n": 1, "k": 16, "g": 3})") ==
        "/g: expected 2, the length of the longest list, got 3");
  CHECK(error_of(R"({"m": [], "n": 1, "k": 16})") == "/m: expected 1 to 4096 values, got a list of 0");
  CHECK(error_of(R"({"groups": [{"m": 1, "n": 1, "k": 16}], "alpha1": [1, 2]})") ==
        "/alpha1: expected 1 or 1 values, as many as there are groups, got a list of 2");
  CHECK(parse(shorthand(R"("alpha1": [1, 2])")).front().groups.size() == 2);
  CHECK(error_of(shorthand(R"("groups": [{"m": 1, "n": 1, "k": 16}])")) ==
        "/m: sizes are given twice: here and in \"groups\"");
  CHECK(error_of(R"({"m": 1, "n": 1})") == "expected \"groups\", or m, n and k; no k given");
  CHECK(error_of(R"({"groups": []})") == "/groups: expected a list of 1 to 4096 groups, got a list of 0");
  CHECK(error_of(R"({"groups": [{"m": 1, "k": 16}]})") == "/groups/0: expected m, n and k; no n given");
}

TEST_CASE("the number of groups is bounded") {
  std::string list = "1";
  for (int i = 1; i < 4096; ++i) list += ", 1";
  CHECK(parse(R"({"m": [)" + list + R"(], "n": 1, "k": 16})").front().groups.size() == 4096);
  CHECK(error_of(R"({"m": [)" + list + R"(, 1], "n": 1, "k": 16})") ==
        "/m: expected 1 to 4096 values, got a list of 4097");
}

TEST_CASE("alphas are finite and keep fp32 intermediates finite") {
  const std::string expected = "/alpha1: expected a number between -2^60 and 2^60, got ";
  CHECK(error_of(shorthand(R"("alpha1": 1e19)")) == expected + "1e+19");
  CHECK(error_of(shorthand(R"("alpha1": "1")")) == expected + "\"1\"");
  CHECK(error_of(shorthand(R"("alpha1": 1e400)")) == "/alpha1: number overflow parsing '1e400'");
  CHECK(parse(shorthand(R"("alpha1": 0.1)")).front().groups.front().alpha1 == 0.1f);
}

TEST_CASE("unknown names come with the nearest known one") {
  CHECK(error_of(R"({"problems": [{"grops": []}]})") ==
        "/problems/0: unknown key \"grops\" (did you mean 'groups'?)");
  CHECK(error_of(shorthand(R"("fill": "gaus")")) == "/fill: unknown fill \"gaus\" (did you mean 'gauss'?)");
  CHECK(error_of(shorthand(R"("op": "dual")")) ==
        "/op: expected \"dual_gemm_silu\" or \"gemm\", got \"dual\"");
  CHECK(error_of(shorthand(R"("output": "fp16")")) ==
        "/output: expected \"f16\" or \"bf16\" or \"f32\", got \"fp16\"");
  CHECK(error_of(R"({"groups": [{"m": 1, "n": 1, "k": 16, "temperature": 1}]})") ==
        "/groups/0: unknown key \"temperature\"; expected one of: m, n, k, l, alpha1, alpha2");
}

TEST_CASE("seeds are unsigned 64-bit integers") {
  const std::string expected = "/seed: expected an integer between 0 and 2^64 - 1, got ";
  CHECK(error_of(shorthand(R"("seed": -1)")) == expected + "-1");
  CHECK(error_of(shorthand(R"("seed": 18446744073709551616)")) == expected + "1.8446744073709552e+19");
}

TEST_CASE("names are unique, and fit on a line and in a file name") {
  CHECK(
      error_of(
          R"({"problems": [{"name": "a", "m": 1, "n": 1, "k": 16}, {"name": "a", "m": 1, "n": 1, "k": 16}]})") ==
      "/problems/1: a second problem named \"a\"");
  const std::string expected = "/name: expected 1 to 100 characters on one line, got ";
  CHECK(error_of(shorthand(R"("name": "")")) == expected + "\"\"");
  CHECK(error_of(shorthand(R"("name": "a\nb")")) == expected + "\"a\\nb\"");
  CHECK(error_of(shorthand(R"("name": 7)")) == "/name: expected a string, got 7");
  for (const std::string name : {"../x", "..", "."})
    CHECK(error_of(shorthand("\"name\": \"" + name + "\"")) ==
          "/name: expected a name that a folder can have, got \"" + name + "\"");
}

TEST_CASE("a key given twice is an error, not the last one") {
  CHECK(error_of(R"({"m": 1, "n": 1, "k": 16, "m": 2})") == "key \"m\" is given twice");
  CHECK(error_of(R"({"problems": [{"m": 1, "n": 1, "k": 16}, {"groups": [{"m": 1, "m": 1}]}]})") ==
        "/problems/1/groups/0: key \"m\" is given twice");
}

TEST_CASE("malformed JSON is reported with line and column") {
  CHECK(error_of("{\"m\": 1,\n \"n\" 2}").starts_with("line 2, column 6: syntax error"));
  CHECK(error_of("").starts_with("line 1, column 1: "));
  CHECK(error_of(R"({"m": NaN})").starts_with("line 1, column 7: "));
  CHECK(error_of(R"({"m": 1, "n": 1, "k": 16} x)").starts_with("line 1, column 27: "));
}

TEST_CASE("text that is not UTF-8 is refused in plain text") {
  const std::string error = error_of("{\"name\": \"\xff\xfe\"}");
  CHECK(error.find("ill-formed UTF-8") != std::string::npos);
  for (const char c : error) CHECK(static_cast<unsigned char>(c) < 0x7f);
}

TEST_CASE("hostile size and depth are refused") {
  CHECK(error_of(std::string(100'000, '[')) == "nested more than 16 levels deep");
  CHECK(error_of(std::string(text::kProblemSetLimit.bytes + 1, ' ')) ==
        "larger than 4 MiB, which no problem set needs");
}

}  // namespace
}  // namespace nvfp4bench::config
