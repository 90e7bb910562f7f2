#include "CONNXCheck.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <exception>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/stubs/logging.h>
#include <onnx/checker.h>
#include <onnx/common/version.h>
#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

namespace {

using onnx::ModelProto;

void copy(const std::string &text, char *message, size_t capacity) {
    if (message == nullptr || capacity == 0) return;
    const size_t length = std::min(text.size(), capacity - 1);
    std::memcpy(message, text.data(), length);
    message[length] = '\0';
}

int64_t newest(const std::string &domain) {
    const auto &ranges = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
    const auto found = ranges.find(domain == "ai.onnx" ? std::string() : domain);
    return found == ranges.end() ? 0 : found->second.second;
}

// Why this libonnx is too old for the model; empty if it is not.
std::string too_new(const ModelProto &model) {
    const int64_t format = onnx::Version::IR_VERSION;
    if (model.ir_version() > format) {
        return "the model has IR version " + std::to_string(model.ir_version()) + ", and libonnx "
            + onnx::LAST_RELEASE_VERSION + " knows up to " + std::to_string(format);
    }
    for (const auto &import : model.opset_import()) {
        const int64_t known = newest(import.domain());
        if (known == 0 || import.version() <= known) continue;
        const std::string domain = import.domain().empty() ? "ai.onnx" : import.domain();
        return "the model has opset " + std::to_string(import.version()) + " of " + domain + ", and libonnx "
            + onnx::LAST_RELEASE_VERSION + " knows up to " + std::to_string(known);
    }
    return std::string();
}

// How libonnx would expand the calls of a model's own functions: it follows them without looking for circles.
class Expansion {
public:
    explicit Expansion(const ModelProto &model) : model_(model) {
        for (int i = 0; i < model.functions_size(); ++i) indices_[name(model.functions(i))] = i;
        known_.resize(static_cast<size_t>(model.functions_size()));
    }

    // Whether the expansion ends within reason.
    bool is_bounded() { return !nodes(model_.graph().node(), 0).is_too_much(); }

private:
    // What the expansion of a list of nodes comes to: nodes in all, and calls within calls.
    struct Size {
        int64_t nodes = 0;
        int depth = 0;
        bool is_too_much() const { return nodes > 10'000'000 || depth > 100; }
    };
    struct Known {
        bool is_open = false;
        bool is_known = false;
        Size size;
    };

    template <typename Named> static std::pair<std::string, std::string> name(const Named &function) {
        return {function.domain(), function.name()};
    }

    Size function(int index, int depth) {
        Known &entry = known_[static_cast<size_t>(index)];
        if (entry.is_known) return entry.size;
        Size size;
        size.depth = depth + 1;
        if (entry.is_open || size.is_too_much()) return Size{INT64_MAX / 2, 0};
        entry.is_open = true;
        size = nodes(model_.functions(index).node(), depth + 1);
        size.depth += 1;
        entry.is_known = true;
        entry.size = size;
        return size;
    }

    template <typename Nodes> Size nodes(const Nodes &list, int depth) {
        Size size;
        for (const auto &node : list) {
            size.nodes += 1;
            const auto called = indices_.find({node.domain(), node.op_type()});
            if (called != indices_.end()) add(function(called->second, depth), size);
            for (const auto &attribute : node.attribute()) {
                if (attribute.has_g()) add(nodes(attribute.g().node(), depth), size);
                for (const auto &graph : attribute.graphs()) add(nodes(graph.node(), depth), size);
            }
            if (size.is_too_much()) break;
        }
        return size;
    }

    static void add(const Size &part, Size &whole) {
        whole.nodes = std::min(whole.nodes, INT64_MAX / 2) + std::min(part.nodes, INT64_MAX / 2);
        whole.depth = std::max(whole.depth, part.depth);
    }

    const ModelProto &model_;
    std::map<std::pair<std::string, std::string>, int> indices_;
    std::vector<Known> known_;
};

// protobuf reports bad input on standard error as well as by its result; a library must not print.
bool parse(ModelProto &model, const void *bytes, size_t size) {
    google::protobuf::LogSilencer silence;
    return size <= INT_MAX && model.ParseFromArray(bytes, static_cast<int>(size));
}

bool parse(ModelProto &model, const char *path) {
    google::protobuf::LogSilencer silence;
    std::ifstream file(path, std::ios::binary);
    return file && model.ParseFromIstream(&file);
}

// Runs `read` and `check`, and turns whatever is thrown into a verdict.
template <typename Read, typename Check>
slip_onnx_verdict judge(Read read, Check check, int infer_shapes, char *message, size_t capacity) noexcept {
    copy(std::string(), message, capacity);
    try {
        ModelProto model;
        if (!read(model)) {
            copy("not a readable ONNX model", message, capacity);
            return SLIP_ONNX_UNREADABLE;
        }
        const std::string reason = too_new(model);
        if (!reason.empty()) {
            copy(reason, message, capacity);
            return SLIP_ONNX_NEWER;
        }
        if (!Expansion(model).is_bounded()) {
            copy("its functions call themselves, or each other without a reasonable end", message, capacity);
            return SLIP_ONNX_INVALID;
        }
        try {
            check(model);
            if (infer_shapes != 0) {
                const onnx::ShapeInferenceOptions strict(/* check_type */ true, /* strict_mode */ 1, false);
                onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), strict);
            }
        } catch (const std::bad_alloc &) {
            throw;
        } catch (const std::exception &error) {
            copy(error.what(), message, capacity);
            return SLIP_ONNX_INVALID;
        }
        return SLIP_ONNX_VALID;
    } catch (const std::exception &error) {
        copy(error.what(), message, capacity);
    } catch (...) {
        copy("libonnx failed for an unknown reason", message, capacity);
    }
    return SLIP_ONNX_FAILED;
}

}  // namespace

const char *slip_onnx_release(void) { return onnx::LAST_RELEASE_VERSION; }

int64_t slip_onnx_newest_ir_version(void) { return onnx::Version::IR_VERSION; }

int64_t slip_onnx_newest_opset(const char *domain) {
    try {
        return newest(domain == nullptr ? std::string() : std::string(domain));
    } catch (...) {
        return 0;
    }
}

slip_onnx_verdict slip_onnx_check_bytes(
    const void *bytes, size_t size, int infer_shapes, char *message, size_t capacity) {
    return judge(
        [&](ModelProto &model) { return parse(model, bytes, size); },
        [](const ModelProto &model) { onnx::checker::check_model(model); }, infer_shapes, message, capacity);
}

slip_onnx_verdict slip_onnx_check_file(const char *path, int infer_shapes, char *message, size_t capacity) {
    return judge(
        [&](ModelProto &model) { return parse(model, path); },
        [&](const ModelProto &) { onnx::checker::check_model(std::string(path)); }, infer_shapes, message, capacity);
}
