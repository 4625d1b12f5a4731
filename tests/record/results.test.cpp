#include "record/results.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "sample_runs.hpp"

using namespace nvfp4bench;
using Json = nlohmann::json;

namespace {

const std::filesystem::path kSource = NVFP4BENCH_SOURCE_DIR;

bool has_json_schema() { return std::system("python3 -c 'import jsonschema' 2>/dev/null") == 0; }

/// The shipped schema accepts `json`.
bool valid(const Json& json) {
  const auto file =
      std::filesystem::temp_directory_path() / ("nvfp4bench_result." + std::to_string(::getpid()) + ".json");
  std::ofstream(file) << json;
  const std::string command = "python3 '" + (kSource / "scripts/check_schemas.py").string() + "' '" +
                              (kSource / "configs/schemas/result.schema.json").string() + "' '" +
                              file.string() + "'";
  const bool accepted = std::system(command.c_str()) == 0;
  std::filesystem::remove(file);
  return accepted;
}

}  // namespace

TEST_CASE("JSON reads back with every sample, and absent is null") {
  const Json json = Json::parse(record::results_json(troubled_run()));
  CHECK(json["schema_version"] == 3);
  CHECK(json["metadata"]["command_line"] == Json{"nvfp4bench", "--config", "g8_k7168.json"});
  CHECK(json["interrupted"] == true);
  CHECK(json["machine"].is_null());

  const Json& two_pass = json["problems"][0]["variants"][0];
  CHECK(two_pass["timing"]["samples_s"] == Json(std::vector(6, 0.512)));
  CHECK(two_pass["timing"]["time_s_median"] == 0.512);
  CHECK(two_pass["target"] == "cpu");
  CHECK(two_pass["idea"] == "two_pass");
  CHECK(two_pass["method"] == "cold_wall");
  CHECK(two_pass["summaries"][2]["tag"] == "phase/fusion");
  CHECK(two_pass["summaries"][2]["unit"] == "seconds");
  CHECK(two_pass["summaries"][2]["value"] == 0.021);
  CHECK(two_pass["summaries"][2]["statistics"]["samples"] == Json(std::vector(6, 0.021)));
  CHECK(two_pass["structure"]["traffic_bytes"] ==
        traffic_bytes(g8_k7168(), {.launches = 3, .passes_over_a = 2, .fp32_temporaries = true}));
  CHECK(two_pass["roofline_fraction"].is_null());

  const Json& failed = json["problems"][1]["variants"][0];
  CHECK(failed["timing"].is_null());
  CHECK(failed["verdict"]["max_ulps"] == "inf");
  CHECK(failed["verdict"]["first_mismatches"][1]["got"] == "nan");
  CHECK(json["problems"][1]["variants"][1]["reason"] == "std::bad_alloc:\nasked for 1,024 bytes");
  CHECK(json["problems"][1]["problem"]["groups"][0]["alpha1"] == 0.5);
  CHECK_FALSE(json["problems"][1]["problem"]["groups"][1].contains("alpha1"));
}

TEST_CASE("JSON says what variants did beside their status, and whether they could reach the tool") {
  RunResult run = timed_run();
  run.metadata.in_process = true;
  run.problems[0].variants[0].remarks = {"changed the locale (\xff)"};
  const Json json = Json::parse(record::results_json(run));
  CHECK(json["metadata"]["in_process"] == true);
  CHECK(json["problems"][0]["variants"][0]["remarks"] == Json::array({"changed the locale (\xEF\xBF\xBD)"}));
  CHECK(json["problems"][0]["variants"][1]["remarks"] == Json::array());
}

TEST_CASE("JSON survives text that is not UTF-8") {
  RunResult run = timed_run();
  run.metadata.command_line.push_back("\xff");
  CHECK(Json::parse(record::results_json(run))["metadata"]["command_line"][3] == "\xEF\xBF\xBD");
}

TEST_CASE("the shipped schema accepts what is written, and nothing with a field more or less") {
  if (!has_json_schema()) test::skip("needs python3 with jsonschema");
  CHECK(valid(Json::parse(record::results_json(timed_run()))));
  CHECK(valid(Json::parse(record::results_json(troubled_run()))));
  CHECK(valid(Json::parse(record::results_json(RunResult{}))));
  std::ifstream baseline(kSource / "configs/baselines/h200/results.json");
  CHECK(valid(Json::parse(baseline)));

  RunResult sampled = timed_run();
  sampled.sample_seed = 7;
  sampled.problems[0].problem.pad_scales = PadScales::random;
  CHECK(valid(Json::parse(record::results_json(sampled))));
  Json extra = Json::parse(record::results_json(timed_run()));
  extra["problems"][0]["variants"][0]["time"] = 1;
  CHECK_FALSE(valid(extra));
  Json less = Json::parse(record::results_json(timed_run()));
  less["problems"][0]["variants"][0]["timing"].erase("samples_s");
  CHECK_FALSE(valid(less));
}
