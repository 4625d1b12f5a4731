#include "record/load.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "catch.hpp"
#include "dump_on_disk.hpp"
#include "record/npy.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::data;
using namespace nvfp4bench::record;
using Dump = test::DumpOnDisk;
using test::write_bytes;

namespace {

bool equal(const AlignedBuffer& x, const AlignedBuffer& y) {
  return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size()) == 0;
}

void check_refused(const Dump& dump, const std::string& expected) {
  CAPTURE(expected);
  std::string message = "no error";
  try {
    load(dump.path());
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  CAPTURE(message);
  CHECK(message.find(dump.path().string()) == 0);
  CHECK(message.find(expected) != std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
}

}  // namespace

TEST_CASE("what a dump holds is loaded byte for byte") {
  const Dump dump;
  const Loaded loaded = load(dump.path());
  CHECK(loaded.problem.name == "mine");
  CHECK(loaded.problem.output == OutputType::bf16);
  CHECK(loaded.problem.fill == "gauss");
  CHECK(loaded.problem.seed == 3);
  CHECK(loaded.problem.groups == std::vector<Group>{{3, 5, 48, 2, 0.5f, 1.0f}});
  const GroupOperands& group = loaded.operands.groups.at(0);
  CHECK(equal(group.a.codes, dump.group().a.codes));
  CHECK(equal(group.a.scales, dump.group().a.scales));
  CHECK(equal(group.b1.codes, dump.group().b1.codes));
  CHECK(equal(group.b2.codes, dump.group().b2.codes));
  CHECK(equal(group.b2.scales, dump.group().b2.scales));
  CHECK(group.alpha1 == 0.5f);
  CHECK(group.alpha2 == 1);
}

TEST_CASE("blocked scales serve where linear ones are not named, and must agree with them where they are") {
  const Dump dump;
  dump.edit_index(R"("sfa": "sfa.npy")", R"("sfa_blocked": "sfa_blocked.npy")");
  CHECK(equal(load(dump.path()).operands.groups.at(0).a.scales, dump.group().a.scales));
  dump.edit_index(R"("sfa": "sfa.npy")", R"("sfa": "sfa.npy", "sfa_blocked": "sfa_blocked.npy")");
  CHECK(equal(load(dump.path()).operands.groups.at(0).a.scales, dump.group().a.scales));
  const AlignedBuffer& scales = dump.group().a.scales;
  std::vector<uint8_t> others(scales.data(), scales.data() + scales.size());
  const uint8_t was = std::exchange(others[512 + 2], scales.data()[512 + 2] ^ 1);  // l 1, row 0, the third
  write_bytes(dump.file("sfa_blocked"), {2, 512}, others);
  check_refused(dump,
                fmt::format("sfa_blocked.npy: expected the scales of sfa.npy, got 0x{:02x} for 0x{:02x} at "
                            "element 514",
                            was ^ 1, was));
  dump.edit_index(R"("sfa": "sfa.npy")", R"("sfa": "sfa.npy", "sfa_blocked": "not there")");
  check_refused(dump, "not there: no such file");
}

TEST_CASE("op gemm needs no b2, and the problem's description is optional") {
  const Dump dump;
  dump.write_index(R"({"format": "nvfp4bench-dump", "version": 1, "problem": {"op": "gemm"}, "groups":
    [{"a": "a.npy", "sfa": "sfa.npy", "b1": "b1.npy", "sfb1": "sfb1.npy"}]})");
  const Loaded loaded = load(dump.path());
  CHECK(loaded.problem.op == Op::gemm);
  CHECK(loaded.problem.output == OutputType::f16);
  CHECK(loaded.operands.groups.at(0).b2.codes.size() == 0);
}

TEST_CASE("an empty group is loaded") {
  const Dump dump;
  write_bytes(dump.file("a"), {2, 0, 24}, {});
  write_bytes(dump.file("sfa"), {2, 0, 3}, {});
  CHECK(load(dump.path()).problem.groups.at(0).m == 0);
}

TEST_CASE("a NaN scale is a scale") {
  const Dump dump;
  write_bytes(dump.file("sfa"), {2, 3, 3}, std::vector<uint8_t>(18, 0x7F));
  CHECK(load(dump.path()).operands.groups.at(0).a.scales.data()[0] == 0x7F);
}

TEST_CASE("blocked scales whose padding along K is not zero are refused") {
  const Dump dump;
  dump.edit_index(R"("sfa": "sfa.npy")", R"("sfa_blocked": "sfa_blocked.npy")");
  const AlignedBuffer& scales = dump.group().a.scales;
  std::vector<uint8_t> padded(scales.data(), scales.data() + scales.size());
  padded[512 + 3] = 0x38;  // l 1, row 0, the fourth of three scales
  write_bytes(dump.file("sfa_blocked"), {2, 512}, padded);
  check_refused(dump, "expected zeros in the padding along K, got 0x38 at element 515");
}

TEST_CASE("rows of blocked scales that only pad the layout may hold anything, and keep it") {
  const Dump dump;
  dump.edit_index(R"("sfa": "sfa.npy")", R"("sfa": "sfa.npy", "sfa_blocked": "sfa_blocked.npy")");
  const AlignedBuffer& scales = dump.group().a.scales;
  std::vector<uint8_t> padded(scales.data(), scales.data() + scales.size());
  padded[512 + 3 * 16] = 0x38;  // l 1, row 3 of three
  write_bytes(dump.file("sfa_blocked"), {2, 512}, padded);
  const Loaded loaded = load(dump.path());
  const AlignedBuffer& kept = loaded.operands.groups.at(0).a.scales;
  CHECK(std::ranges::equal(padded, std::span(kept.data(), kept.size())));
}

TEST_CASE("a broken index is refused with its name and the place") {
  const std::vector<std::array<std::string, 3>> edits{
      {"{\"format\"", "[\"format\"", "index.json: line 1, column 10: syntax error"},
      {"nvfp4bench-dump", "something else", "index.json: expected \"format\": \"nvfp4bench-dump\""},
      {"\"version\": 1", "\"version\": 2", "\"version\": 1"},
      {"dual_gemm_silu", "dual", "/problem/op: expected \"dual_gemm_silu\" or \"gemm\", got \"dual\""},
      {"\"bf16\"", "16", "/problem/output: expected \"f16\" or \"bf16\" or \"f32\", got 16"},
      {"\"seed\": 3", "\"seed\": -3", "/problem/seed: expected an integer"},
      {"\"groups\"", "\"group\"", "index.json: unknown key \"group\" (did you mean 'groups'?)"},
      {"\"problem\"", "\"probelm\"", "index.json: unknown key \"probelm\" (did you mean 'problem'?)"},
      {"\"output\"", "\"outputt\"", "/problem: unknown key \"outputt\" (did you mean 'output'?)"},
      {"\"alpha1\"", "\"alpha_1\"", "/groups/0: unknown key \"alpha_1\" (did you mean 'alpha1'?)"},
      {"\"b1\"", "\"a\": \"a.npy\", \"b1\"", "/groups/0: key \"a\" is given twice"},
      {"\"seed\": 3", "\"seed\": 3, \"groups\": []", "/problem/groups: expected a list of 1, as many groups"},
      {"\"seed\": 3", R"("seed": 3, "groups": [{"m": 4}])",
       "/problem/groups/0/m: expected 3 as in the arrays, got 4"},
      {"\"seed\": 3", R"("seed": 3, "groups": [{"m": 3, "l": 1}])",
       "/problem/groups/0/l: expected 2 as in the arrays"},
      {"\"seed\": 3", R"("seed": 3, "groups": [{"alpha2": 0.5}])",
       "/problem/groups/0/alpha2: expected 1, the alpha2"},
      {"a.npy", "a\\nb.npy", "/groups/0/a: expected 1 to 4096 characters on one line"},
      {"a.npy", ".", "is a folder, expected a .npy file"},
      {"\"b1\": \"b1.npy\", ", "", "/groups/0: no b1 given, expected a file name"},
      {"\"sfb2\"", "\"sfb\"", "/groups/0: unknown key \"sfb\""},
      {"\"b2.npy\"", "2", "/groups/0/b2: expected a file name"},
      {"\"b2.npy\"", "\"b2\\n.npy\"", "/groups/0/b2: expected 1 to 4096 characters on one line"},
      {"0.5", "1e39", "/groups/0/alpha1: expected a number between -2^60 and 2^60"},
      {"0.5", "\"0.5\"", "/groups/0/alpha1: expected a number between -2^60 and 2^60"},
      {"\"mine\"", "\"../mine\"", "/problem/name: expected a name"},
      {"\"mine\"", "\"mi\\nne\"", "/problem/name: expected 1 to 100 characters on one line"},
  };
  const Dump dump;
  for (const auto& [from, to, expected] : edits) {
    dump.edit_index(from, to);
    check_refused(dump, expected);
  }
  std::filesystem::remove(dump.path() / "index.json");
  check_refused(dump, "index.json: cannot be read: No such file");
}

TEST_CASE("arrays that are missing, malformed or do not fit together are refused by name") {
  const std::vector<uint8_t> zeros(4096);
  const auto bytes = [&](int64_t size) { return std::span(zeros).first(static_cast<std::size_t>(size)); };
  struct Case {
    std::string expected;
    std::function<void(const Dump&)> damage;
  };
  const std::vector<Case> cases{
      {"b2.npy: no such file", [&](const Dump& d) { std::filesystem::remove(d.file("b2")); }},
      {"b1.npy: the header announces 240 bytes of data, but 239 follow it",
       [&](const Dump& d) {
         std::filesystem::resize_file(d.file("b1"), std::filesystem::file_size(d.file("b1")) - 1);
       }},
      {"a.npy: expected |u1 [l, rows, k/2], got <f4 [2, 3, 24]",
       [&](const Dump& d) {
         write_npy(d.file("a"), NpyType::f32, std::array<int64_t, 3>{2, 3, 24}, zeros.data());
       }},
      {"a.npy: expected |u1 [l, rows, k/2], got |u1 [6, 24]",
       [&](const Dump& d) {
         write_bytes(d.file("a"), {6, 24}, bytes(144));
       }},
      {"a.npy: expected [l, rows, k/2] with l at least 1 and k a multiple of 16",
       [&](const Dump& d) {
         write_bytes(d.file("a"), {2, 3, 20}, bytes(120));
       }},
      {"sfb1.npy: expected shape [2, 5, 3] to go with the codes, got [2, 5, 2]",
       [&](const Dump& d) {
         write_bytes(d.file("sfb1"), {2, 5, 2}, bytes(20));
       }},
      {"sfa.npy: expected UE4M3 scales below 0x80, got 0x80 at element 17",
       [&](const Dump& d) {
         std::vector<uint8_t> scales(18);
         scales[17] = 0x80;
         write_bytes(d.file("sfa"), {2, 3, 3}, scales);
       }},
      {"b2.npy: expected shape [2, 5, 24] to go with the group's other matrices, got [2, 4, 24]",
       [&](const Dump& d) {
         write_bytes(d.file("b2"), {2, 4, 24}, bytes(192));
         write_bytes(d.file("sfb2"), {2, 4, 3}, bytes(24));
       }},
      {"b1.npy: expected shape [2, 5, 24] to go with the group's other matrices, got [2, 5, 16]",
       [&](const Dump& d) {
         write_bytes(d.file("b1"), {2, 5, 16}, bytes(160));
         write_bytes(d.file("sfb1"), {2, 5, 2}, bytes(20));
       }},
  };
  for (const Case& c : cases) {
    const Dump dump;
    c.damage(dump);
    check_refused(dump, c.expected);
  }
}
