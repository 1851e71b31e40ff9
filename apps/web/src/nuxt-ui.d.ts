import type { RouterLink, RouterView } from 'vue-router';
import type { I18nT } from 'vue-i18n';

/** Nuxt UI's parts that the page uses, by the names that its Vite plugin resolves in templates. */
declare module 'vue' {
  export interface GlobalComponents {
    RouterLink: typeof RouterLink;
    RouterView: typeof RouterView;
    I18nT: typeof I18nT;
    UAlert: typeof import('@nuxt/ui/components/Alert.vue').default;
    UApp: typeof import('@nuxt/ui/components/App.vue').default;
    UAvatar: typeof import('@nuxt/ui/components/Avatar.vue').default;
    UBadge: typeof import('@nuxt/ui/components/Badge.vue').default;
    UButton: typeof import('@nuxt/ui/components/Button.vue').default;
    UCheckbox: typeof import('@nuxt/ui/components/Checkbox.vue').default;
    UCollapsible: typeof import('@nuxt/ui/components/Collapsible.vue').default;
    UColorModeButton: typeof import('@nuxt/ui/components/color-mode/ColorModeButton.vue').default;
    UCommandPalette: typeof import('@nuxt/ui/components/CommandPalette.vue').default;
    UDashboardGroup: typeof import('@nuxt/ui/components/DashboardGroup.vue').default;
    UDashboardNavbar: typeof import('@nuxt/ui/components/DashboardNavbar.vue').default;
    UDashboardPanel: typeof import('@nuxt/ui/components/DashboardPanel.vue').default;
    UDashboardSearch: typeof import('@nuxt/ui/components/DashboardSearch.vue').default;
    UDashboardSearchButton: typeof import('@nuxt/ui/components/DashboardSearchButton.vue').default;
    UDashboardSidebar: typeof import('@nuxt/ui/components/DashboardSidebar.vue').default;
    UDashboardSidebarCollapse: typeof import('@nuxt/ui/components/DashboardSidebarCollapse.vue').default;
    UDropdownMenu: typeof import('@nuxt/ui/components/DropdownMenu.vue').default;
    UForm: typeof import('@nuxt/ui/components/Form.vue').default;
    UFormField: typeof import('@nuxt/ui/components/FormField.vue').default;
    UIcon: typeof import('@nuxt/ui/components/Icon.vue').default;
    UInput: typeof import('@nuxt/ui/components/Input.vue').default;
    UInputMenu: typeof import('@nuxt/ui/components/InputMenu.vue').default;
    UInputTags: typeof import('@nuxt/ui/components/InputTags.vue').default;
    UKbd: typeof import('@nuxt/ui/components/Kbd.vue').default;
    ULink: typeof import('@nuxt/ui/components/Link.vue').default;
    UModal: typeof import('@nuxt/ui/components/Modal.vue').default;
    UNavigationMenu: typeof import('@nuxt/ui/components/NavigationMenu.vue').default;
    UPopover: typeof import('@nuxt/ui/components/Popover.vue').default;
    UProgress: typeof import('@nuxt/ui/components/Progress.vue').default;
    URadioGroup: typeof import('@nuxt/ui/components/RadioGroup.vue').default;
    USelect: typeof import('@nuxt/ui/components/Select.vue').default;
    USelectMenu: typeof import('@nuxt/ui/components/SelectMenu.vue').default;
    USeparator: typeof import('@nuxt/ui/components/Separator.vue').default;
    USkeleton: typeof import('@nuxt/ui/components/Skeleton.vue').default;
    USlideover: typeof import('@nuxt/ui/components/Slideover.vue').default;
    USwitch: typeof import('@nuxt/ui/components/Switch.vue').default;
    UTable: typeof import('@nuxt/ui/components/Table.vue').default;
    UTabs: typeof import('@nuxt/ui/components/Tabs.vue').default;
    UTextarea: typeof import('@nuxt/ui/components/Textarea.vue').default;
    UTooltip: typeof import('@nuxt/ui/components/Tooltip.vue').default;
  }
}

export {};
