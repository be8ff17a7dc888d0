-- Paints the frames of qubes' windows in the colours of their labels: copy it beside your rc.lua, and end that with
--     require("qubes")
-- With `frame = "wm"` (docs/frames.md) Vitrail then leaves the frames of managed windows to awesome.

local WIDTH_PX = 3

awesome.register_xproperty("_QUBES_LABEL_COLOR", "number")

local function paint(c)
    local rgb = c:get_xproperty("_QUBES_LABEL_COLOR")
    if rgb then
        c.border_width = WIDTH_PX
        c.border_color = string.format("#%06x", rgb)
    end
end

for _, signal in ipairs({
    "manage", "focus", "unfocus", "tagged", "property::maximized", "property::floating", "property::border_color",
    "xproperty::_QUBES_LABEL_COLOR",
}) do
    client.connect_signal(signal, paint)
end
