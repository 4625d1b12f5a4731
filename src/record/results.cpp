#include "record/results.hpp"

#include "record/result_fields.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::record {
namespace {

/// 45 variants on a GPU with all of their samples take about a megabyte.
constexpr text::FileLimit kLimit{std::size_t{64} << 20, "result file"};

}  // namespace

std::string results_json(const RunResult& run) { return json_text(ObjectWriter::json_of(run)); }

RunResult parse_results(std::string_view json, std::string_view origin) {
  const nlohmann::json document = text::parse_json(json, origin, kLimit);
  RunResult run;
  ObjectReader::read({.value = &document, .origin = origin}, run);
  return run;
}

RunResult read_results(const std::filesystem::path& file) {
  return parse_results(text::read_file(file, kLimit), file.string());
}

}  // namespace nvfp4bench::record
