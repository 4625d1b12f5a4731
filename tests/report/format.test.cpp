#include "report/format.hpp"

#include <cmath>

#include "catch.hpp"
#include "report/describe.hpp"
#include "report/text_table.hpp"

using namespace nvfp4bench::report;

TEST_CASE("numbers take three significant digits and the unit that fits") {
  CHECK(human_seconds(0.4512) == "451 ms");
  CHECK(human_seconds(18.833e-6) == "18.8 us");
  CHECK(human_seconds(77.44) == "77.4 s");
  CHECK(human_seconds(5e-10) == "0.500 ns");
  CHECK(human_bytes(33'554'432) == "33.6 MB");
  CHECK(human_bytes(512) == "512 B");
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_flops(120.26e9) == "120 GFLOP");
  CHECK(human_flop_rate(6.9e15) == "6.90 PFLOP/s");
  CHECK(human_byte_rate(7.68e12) == "7.68 TB/s");
  CHECK(human(1.98e9, nvfp4bench::Unit::hertz) == "1.98 GHz");
  CHECK(human(0.021, nvfp4bench::Unit::seconds) == "21.0 ms");
  CHECK(human(1.135, nvfp4bench::Unit::ratio) == "1.14x");
  CHECK(human(40, nvfp4bench::Unit::count) == "40");
}

TEST_CASE("rounding never shows 1000 of a unit, nor a digit too many") {
  CHECK(human_seconds(0.99949) == "999 ms");
  CHECK(human_seconds(0.99951) == "1.00 s");
  CHECK(significant(9.996) == "10.0");
  CHECK(significant(0.09996) == "0.100");
  CHECK(significant(-9.994) == "-9.99");
  CHECK(significant(45'120) == "45120");
}

TEST_CASE("NaN has one spelling, whatever its sign") {
  for (const double nan : {std::copysign(NAN, 1.0), std::copysign(NAN, -1.0)}) {
    CHECK(significant(nan) == "NaN");
    CHECK(error_size(nan) == "NaN");
    for (const auto type : {nvfp4bench::OutputType::f16, nvfp4bench::OutputType::f32}) {
      CHECK(output_value(nan, type) == "NaN");
    }
  }
  CHECK(output_value(-INFINITY, nvfp4bench::OutputType::f16) == "-inf");
}

TEST_CASE("wrapping counts characters, not bytes, and keeps a number beside its unit") {
  CHECK(wrap("größe größe größe", 11) == "größe größe\ngröße\n");
  CHECK(wrap("it takes 451 ms", 13) == "it takes\n451 ms\n");
  CHECK(wrap("one\n\ntwo", 80, 2) == "  one\n\n  two\n");
  CHECK(wrap("supercalifragilistic", 5) == "supercalifragilistic\n");
  CHECK(wrap("", 80).empty());
}

TEST_CASE("a column that says nothing is left out, and paint takes no room") {
  TextTable table({{"name", "", true}, {"empty", "s"}, {"time", "ms"}});
  table.add_row({{"a"}, {std::string(kAbsent)}, {"10.0", Paint::bold}});
  table.add_row({{"größe"}, {""}, {"9.5"}});
  CHECK(table.render(false, 80) ==
        "  name   time\n"
        "           ms\n"
        "  a      10.0\n"
        "  größe   9.5\n");
  CHECK(table.render(true, 80).find("  a      \x1b[1m10.0\x1b[0m\n") != std::string::npos);
}
