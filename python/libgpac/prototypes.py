# SPDX-License-Identifier: MIT
"""Prototypes of the C interface: ``name: result parameter...``, of the words that library.py turns into ctypes.

``str`` is text of the library, or a text or a buffer given to it; ``ptr`` is any other address: objects, functions,
bytes, text that the caller has to free. ``*X`` points to an X.
"""

TABLE = """
# System, version and arguments
gf_gpac_version: str
gf_gpac_copyright: str
gf_gpac_copyright_cite: str
gf_gpac_abi_major: u32
gf_gpac_abi_minor: u32
gf_gpac_abi_micro: u32
gf_sys_init: i32 u32 str
gf_sys_close: void
gf_sys_set_args: i32 i32 *str
gf_sys_get_argc: u32
gf_sys_get_argv: *str
gf_sys_get_arg: str u32
gf_sys_find_global_arg: str str
gf_sys_mark_arg_used: void i32 u32
gf_sys_is_arg_used: u32 i32
gf_sys_is_test_mode: u32
gf_sys_is_quiet: u32
gf_sys_features: str u32
gf_sys_solve_path: u32 str str
gf_sys_enable_rmtws: i32 u32
gf_sys_get_rmtws: ptr
gf_sys_enable_userws: i32 u32
gf_sys_get_userws: ptr
gf_sys_get_options: ptr
gf_sys_is_gpac_arg: u32 str
gf_sys_set_cfg_option: u32 str
gf_sys_word_match: u32 str str
gf_sys_get_rti: u32 u32 ptr u32
# Memory, strings, numbers
gf_malloc: ptr size
gf_calloc: ptr size size
gf_realloc: ptr ptr size
gf_free: void ptr
gf_strdup: ptr str
gf_memory_size: u64
gf_memory_print: void
gf_strlcpy: size str str size
gf_strlcat: size str str size
gf_dynstrcat: i32 *ptr str str
gf_parse_frac: u32 str *Fraction
gf_parse_lfrac: u32 str *Fraction64
gf_strnistr: u32 str str u32
gf_strmemstr: str str u32 str
gf_strict_atoi: u32 str *i32
gf_strict_atoui: u32 str *u32
gf_timestamp_rescale: u64 u64 u64 u64
gf_timestamp_rescale_signed: i64 i64 u64 u64
gf_timestamp_less: u32 u64 u64 u64 u64
gf_timestamp_less_or_equal: u32 u64 u64 u64 u64
gf_timestamp_greater: u32 u64 u64 u64 u64
gf_timestamp_greater_or_equal: u32 u64 u64 u64 u64
gf_timestamp_equal: u32 u64 u64 u64 u64
gf_format_duration: str u64 u32 str
gf_format_timecode: str ptr str
gf_timecode_to_timestamp: u64 ptr u32
gf_timecode_less: u32 ptr ptr
gf_timecode_less_or_equal: u32 ptr ptr
gf_timecode_greater: u32 ptr ptr
gf_timecode_greater_or_equal: u32 ptr ptr
gf_timecode_equal: u32 ptr ptr
gf_4cc_to_str: str u32
gf_4cc_to_str_safe: str u32 str
gf_4cc_parse: u32 str
gf_error_to_string: str i32
gf_crc_32: u32 ptr u32
gf_bin128_parse: i32 str ptr
# Clocks and dates
gf_sys_clock: u32
gf_sys_clock_high_res: u64
gf_sleep: void u32
gf_net_get_utc: u64
gf_net_ntp_to_utc: u64 u64
gf_net_parse_date: u64 str
# Logs and progress
gf_log_set_tools_levels: i32 str u32
gf_log_modify_tools_levels: i32 str
gf_log_set_tool_level: void u32 u32
gf_log_get_tool_level: u32 u32
gf_log_tool_level_on: u32 u32 u32
gf_log_tool_name: str u32
gf_log_parse_tool: u32 str
gf_log_get_tools_levels: ptr
gf_log_set_callback: ptr ptr ptr
gf_log_set_strict_error: u32 u32
gf_log_lt: void u32 u32
gf_log: void str
gf_log_va_list: void u32 u32 str ptr
gf_log_use_color: u32
gf_log_use_file: u32
gf_log_reset_file: void
gf_log_push_extra: void ptr
gf_log_pop_extra: void ptr
gf_log_reset_extras: void
gf_set_progress: void str u64 u64
gf_set_progress_callback: void ptr ptr
# Global options (configuration)
gf_opts_get_key: str str str
gf_opts_set_key: i32 str str str
gf_opts_get_bool: u32 str str
gf_opts_get_int: u32 str str
gf_opts_del_section: void str
gf_opts_get_section_count: u32
gf_opts_get_section_name: str u32
gf_opts_get_key_count: u32 str
gf_opts_get_key_name: str str u32
gf_opts_discard_changes: i32
gf_opts_save: i32
gf_opts_get_filename: str
gf_opts_default_shared_directory: u32 str
gf_get_default_cache_directory: str
# Lists
gf_list_count: u32 ptr
gf_list_get: ptr ptr u32
gf_list_new: ptr
gf_list_del: void ptr
gf_list_add: i32 ptr ptr
gf_list_insert: i32 ptr ptr u32
gf_list_rem: i32 ptr u32
gf_list_rem_last: i32 ptr
gf_list_find: i32 ptr ptr
gf_list_del_item: i32 ptr ptr
gf_list_reset: void ptr
gf_list_last: ptr ptr
gf_list_enum: ptr ptr *u32
gf_list_pop_front: ptr ptr
gf_list_pop_back: ptr ptr
gf_list_clone: ptr ptr
gf_list_swap: i32 ptr ptr
gf_list_transfer: i32 ptr ptr
# Session
gf_fs_new: ptr i32 u32 u32 str
gf_fs_new_defaults: ptr u32
gf_fs_del: void ptr
gf_fs_run: i32 ptr
gf_fs_stop: i32 ptr
gf_fs_abort: i32 ptr u32
gf_fs_in_final_flush: u32 ptr
gf_fs_is_last_task: u32 ptr
gf_fs_load_source: ptr ptr str str str *i32
gf_fs_load_destination: ptr ptr str str str *i32
gf_fs_load_filter: ptr ptr str *i32
gf_fs_filter_exists: u32 ptr str
gf_fs_parse_filter_graph: i32 ptr i32 *str *ptr *ptr
gf_fs_parse_filter_graph_str: i32 ptr str *ptr *ptr
gf_fs_new_filter: ptr ptr str u32 *i32
gf_fs_set_separators: i32 ptr str
gf_fs_set_max_resolution_chain_length: i32 ptr u32
gf_fs_get_max_resolution_chain_length: u32 ptr
gf_fs_set_max_sleep_time: i32 ptr u32
gf_fs_get_last_connect_error: i32 ptr
gf_fs_get_last_process_error: i32 ptr
gf_fs_filters_registers_count: u32 ptr
gf_fs_get_filter_register: ptr ptr u32
gf_fs_add_filter_register: void ptr ptr
gf_fs_remove_filter_register: void ptr ptr
gf_fs_set_filter_creation_callback: i32 ptr ptr ptr u32
gf_fs_get_rt_udta: ptr ptr
gf_fs_set_external_gl_provider: i32 ptr ptr ptr
gf_fs_post_user_task: i32 ptr ptr ptr str
gf_fs_post_user_task_delay: i32 ptr ptr ptr str u32
gf_fs_post_user_task_main: i32 ptr ptr ptr str
gf_fs_send_deferred_play: void ptr
gf_fs_lock_filters: void ptr u32
gf_fs_get_filters_count: u32 ptr
gf_fs_get_filter: ptr ptr u32
gf_fs_check_filter: u32 ptr ptr
gf_fs_get_filter_stats: i32 ptr u32 *FilterStats
gf_fs_enable_reporting: void ptr u32
gf_fs_print_stats: void ptr
gf_fs_print_connections: void ptr
gf_fs_print_non_connected: void ptr
gf_fs_print_non_connected_ex: void ptr u32
gf_fs_print_unused_args: void ptr str
gf_fs_enum_unmapped_options: u32 ptr *u32 *str *u32 *str *str
gf_fs_print_all_connections: void ptr str ptr
gf_fs_check_filter_register_cap: u32 ptr u32 *PropertyValue u32 *PropertyValue u32
gf_fs_is_supported_mime: u32 ptr str
gf_fs_is_supported_source: u32 ptr str str
gf_fs_fire_event: u32 ptr ptr *FilterEvent u32
gf_fs_send_update: void ptr str ptr str str u32
gf_fs_get_http_max_rate: u32 ptr
gf_fs_set_http_max_rate: i32 ptr u32
gf_fs_get_http_rate: u32 ptr
gf_download_new: ptr ptr
gf_download_del: void ptr
gf_download_shared: ptr ptr ptr ptr
gf_download_start: void ptr
gf_download_stop: void ptr
gf_download_received: void ptr u32 u32
gf_download_rate: u32 ptr
gf_download_wait: u32 ptr
gf_fs_set_ui_callback: void ptr ptr ptr
# Custom filter callbacks
gf_filter_push_caps: i32 ptr u32 *PropertyValue str u32 u8
gf_filter_set_process_ckb: i32 ptr ptr
gf_filter_set_configure_ckb: i32 ptr ptr
gf_filter_set_process_event_ckb: i32 ptr ptr
gf_filter_set_reconfigure_output_ckb: i32 ptr ptr
gf_filter_set_probe_data_cbk: i32 ptr ptr
# Filter
gf_filter_get_name: str ptr
gf_filter_set_name: void ptr str
gf_filter_get_id: str ptr
gf_filter_assign_id: i32 ptr str
gf_filter_get_udta: ptr ptr
gf_filter_set_rt_udta: i32 ptr ptr
gf_filter_get_rt_udta: ptr ptr
gf_filter_get_register: ptr ptr
gf_filter_get_session: ptr ptr
gf_filter_is_instance_of: u32 ptr ptr
gf_filter_get_status: str ptr
gf_filter_get_bytes_done: u64 ptr
gf_filter_get_stats: i32 ptr *FilterStats
gf_filter_update_status: i32 ptr u32 str
gf_filter_reporting_enabled: u32 ptr
gf_filter_get_ipid_count: u32 ptr
gf_filter_get_ipid: ptr ptr u32
gf_filter_get_opid_count: u32 ptr
gf_filter_get_opid: ptr ptr u32
gf_filter_enumerate_args: *FilterArg ptr u32
gf_filter_get_arg: u32 ptr str *PropertyValue
gf_filter_get_arg_str: str ptr str str
gf_filter_send_update: void ptr str str str u32
gf_filter_get_info: *PropertyValue ptr u32 *ptr
gf_filter_get_info_str: *PropertyValue ptr str *ptr
gf_filter_release_property: void ptr
gf_filter_remove: void ptr
gf_filter_remove_src: void ptr ptr
gf_filter_abort: void ptr
gf_filter_set_source: i32 ptr ptr str
gf_filter_set_source_restricted: i32 ptr ptr str
gf_filter_reset_source: void ptr
gf_filter_reconnect_output: i32 ptr ptr
gf_filter_require_source_id: void ptr
gf_filter_probe_link: i32 ptr u32 str *ptr
gf_filter_probe_links: i32 ptr u32 str *ptr
gf_filter_get_possible_destinations: i32 ptr i32 *ptr
gf_filter_ask_rt_reschedule: void ptr u32
gf_filter_post_process_task: void ptr
gf_filter_post_task: i32 ptr ptr ptr str
gf_filter_setup_failure: void ptr i32
gf_filter_notification_failure: void ptr i32 u32
gf_filter_set_setup_failure_callback: void ptr ptr ptr ptr
gf_filter_make_sticky: void ptr
gf_filter_is_sticky: u32 ptr
gf_filter_prevent_blocking: i32 ptr u32
gf_filter_block_enabled: u32 ptr
gf_filter_block_eos: void ptr u32
gf_filter_set_max_extra_input_pids: void ptr u32
gf_filter_get_max_extra_input_pids: u32 ptr
gf_filter_get_output_buffer_max: void ptr *u32 *u32
gf_filter_all_sinks_done: u32 ptr
gf_filter_get_num_events_queued: u32 ptr
gf_filter_hint_single_clock: void ptr u64 Fraction64
gf_filter_get_clock_hint: void ptr *u64 *Fraction64
gf_filter_connections_pending: u32 ptr
gf_filter_has_pid_connection_pending: u32 ptr ptr
gf_filter_get_session_caps: void ptr ptr
gf_filter_set_session_caps: void ptr ptr
gf_filter_lock: void ptr u32
gf_filter_lock_all: void ptr u32
gf_filter_is_temporary: u32 ptr
gf_filter_is_alias: u32 ptr
gf_filter_is_dynamic: u32 ptr
gf_filter_is_sink: u32 ptr
gf_filter_is_source: u32 ptr
gf_filter_act_as_sink: i32 ptr
gf_filter_override_caps: i32 ptr ptr u32
gf_filter_get_caps: ptr ptr *u32
gf_filter_connect_source: ptr ptr str str u32 *i32
gf_filter_add_source: ptr ptr str str u32 *i32
gf_filter_connect_destination: ptr ptr str *i32
gf_filter_load_filter: ptr ptr str *i32
gf_filter_is_supported_source: u32 ptr str str
gf_filter_is_supported_mime: u32 ptr str
gf_filter_url_is_filter: u32 ptr str *u32
gf_filter_get_sep: u8 ptr u32
gf_filter_get_src_args: str ptr
gf_filter_get_dst_args: str ptr
gf_filter_get_dst_name: ptr ptr
gf_filter_path_escape_colon: str ptr str
gf_filter_send_event: void ptr *FilterEvent u32
gf_filter_set_event_target: i32 ptr u32
gf_filter_ui_event: u32 ptr ptr
gf_filter_register_opengl_provider: void ptr u32
gf_filter_request_opengl: i32 ptr
gf_filter_set_active_opengl_context: i32 ptr u32
gf_filter_force_main_thread: void ptr u32
gf_filter_set_blocking: void ptr u32
gf_filter_disable_probe: void ptr
gf_filter_disable_inputs: void ptr
gf_filter_probe_data: str ptr ptr u32 *u32
gf_filter_end_of_session: u32 ptr
gf_filter_has_connect_errors: u32 ptr
gf_filter_in_parent_chain: u32 ptr ptr
gf_filter_tag_subsession: i32 ptr u32 u32
gf_filter_report_meta_option: void ptr str u32 str
gf_filter_define_args: i32 ptr *FilterArg
gf_filter_get_args: *FilterArg ptr
gf_filter_print_all_connections: void ptr ptr
# PID
gf_filter_pid_new: ptr ptr
gf_filter_pid_remove: void ptr
gf_filter_pid_raw_new: i32 ptr str str str str ptr u32 u32 *ptr
gf_filter_pid_raw_gmem: i32 ptr str *ptr
gf_filter_pid_set_property: i32 ptr u32 *PropertyValue
gf_filter_pid_set_property_str: i32 ptr str *PropertyValue
gf_filter_pid_set_property_dyn: i32 ptr str *PropertyValue
gf_filter_pid_set_info: i32 ptr u32 *PropertyValue
gf_filter_pid_set_info_str: i32 ptr str *PropertyValue
gf_filter_pid_set_info_dyn: i32 ptr str *PropertyValue
gf_filter_pid_get_property: *PropertyValue ptr u32
gf_filter_pid_get_property_str: *PropertyValue ptr str
gf_filter_pid_enum_properties: *PropertyValue ptr *u32 *u32 *str
gf_filter_pid_enum_info: *PropertyValue ptr *u32 *u32 *str
gf_filter_pid_get_info: *PropertyValue ptr u32 *ptr
gf_filter_pid_get_info_str: *PropertyValue ptr str *ptr
gf_filter_pid_reset_properties: i32 ptr
gf_filter_pid_copy_properties: i32 ptr ptr
gf_filter_pid_merge_properties: i32 ptr ptr ptr ptr
gf_filter_pid_copy_properties_from_packet: i32 ptr ptr
gf_filter_pid_merge_properties_from_packet: i32 ptr ptr ptr ptr
gf_filter_pid_push_properties: i32 ptr str u32 u32
gf_filter_pid_set_udta: void ptr ptr
gf_filter_pid_get_udta: ptr ptr
gf_filter_pid_set_udta_flags: i32 ptr u32
gf_filter_pid_get_udta_flags: u32 ptr
gf_filter_pid_set_name: void ptr str
gf_filter_pid_get_name: str ptr
gf_filter_pid_get_filter_name: str ptr
gf_filter_pid_get_owner: ptr ptr
gf_filter_pid_get_source_filter: ptr ptr
gf_filter_pid_enum_destinations: ptr ptr u32
gf_filter_pid_get_source_filter_name: str ptr
gf_filter_pid_orig_src_args: str ptr u32
gf_filter_pid_get_args: str ptr
gf_filter_pid_get_destination: ptr ptr
gf_filter_pid_get_source: ptr ptr
gf_filter_pid_is_filter_in_parents: u32 ptr ptr
gf_filter_pid_share_origin: u32 ptr ptr
gf_filter_pid_get_packet: ptr ptr
gf_filter_pid_drop_packet: void ptr
gf_filter_pid_get_packet_count: u32 ptr
gf_filter_pid_first_packet_is_empty: u32 ptr
gf_filter_pid_first_packet_is_blocking_ref: u32 ptr
gf_filter_pid_get_first_packet_cts: u32 ptr *u64
gf_filter_pid_set_framing_mode: i32 ptr u32
gf_filter_pid_set_eos: void ptr
gf_filter_pid_send_flush: void ptr
gf_filter_pid_is_eos: u32 ptr
gf_filter_pid_is_flush_eos: u32 ptr
gf_filter_pid_has_seen_eos: u32 ptr
gf_filter_pid_eos_received: u32 ptr
gf_filter_pid_clear_eos: void ptr u32
gf_filter_pid_would_block: u32 ptr
gf_filter_pid_discard_block: void ptr
gf_filter_pid_ignore_blocking: i32 ptr u32
gf_filter_pid_is_sparse: u32 ptr
gf_filter_pid_set_max_buffer: void ptr u32
gf_filter_pid_get_max_buffer: u32 ptr
gf_filter_pid_copy_buffer_req: void ptr ptr
gf_filter_pid_get_buffer_occupancy: u32 ptr *u32 *u32 *u32 *u32
gf_filter_pid_query_buffer_duration: u64 ptr u32
gf_filter_pid_query_buffer_duration_and_max: u64 ptr *u32
gf_filter_pid_set_loose_connect: void ptr
gf_filter_pid_require_source_id: i32 ptr
gf_filter_pid_set_clock_mode: void ptr u32
gf_filter_pid_get_clock_info: u32 ptr *u64 *u32
gf_filter_pid_set_discard: i32 ptr u32
gf_filter_pid_recompute_dts: void ptr u32
gf_filter_pid_get_min_pck_duration: u32 ptr
gf_filter_pid_get_timescale: u32 ptr
gf_filter_pid_get_next_ts: u64 ptr
gf_filter_pid_is_playing: u32 ptr
gf_filter_pid_allow_direct_dispatch: i32 ptr
gf_filter_pid_try_pull: void ptr
gf_filter_pid_check_caps: u32 ptr
gf_filter_pid_caps_query: *PropertyValue ptr u32
gf_filter_pid_caps_query_str: *PropertyValue ptr str
gf_filter_pid_negotiate_property: i32 ptr u32 *PropertyValue
gf_filter_pid_negotiate_property_str: i32 ptr str *PropertyValue
gf_filter_pid_negotiate_property_dyn: i32 ptr str *PropertyValue
gf_filter_pid_resolve_file_template: i32 ptr str str u32 str
gf_filter_pid_resolve_file_template_ex: i32 ptr str str u32 str str
gf_filter_pid_send_event: void ptr *FilterEvent
gf_filter_pid_init_play_event: void ptr *FilterEvent f64 f64 str
gf_filter_pid_get_statistics: i32 ptr *FilterPidStatistics u32
gf_filter_pid_set_rt_stats: i32 ptr u32 u32 u32
gf_filter_pid_has_decoder: u32 ptr
gf_filter_pid_get_alias_udta: ptr ptr
gf_filter_pid_get_rfc_6381_codec_string: i32 ptr str u32 u32 *PropertyValue *u32
# Packet
gf_filter_pck_new_alloc: ptr ptr u32 *ptr
gf_filter_pck_new_alloc_destructor: ptr ptr u32 *ptr ptr
gf_filter_pck_new_shared: ptr ptr ptr u32 ptr
gf_filter_pck_new_ref: ptr ptr u32 u32 ptr
gf_filter_pck_new_ref_destructor: ptr ptr u32 u32 ptr ptr
gf_filter_pck_new_copy: ptr ptr ptr *ptr
gf_filter_pck_new_clone: ptr ptr ptr *ptr
gf_filter_pck_dangling_copy: ptr ptr ptr
gf_filter_pck_dangling_clone: ptr ptr ptr
gf_filter_pck_new_frame_interface: ptr ptr *FrameInterface ptr
gf_filter_pck_send: i32 ptr
gf_filter_pck_discard: void ptr
gf_filter_pck_forward: i32 ptr ptr
gf_filter_pck_ref: i32 *ptr
gf_filter_pck_ref_ex: ptr ptr
gf_filter_pck_unref: void ptr
gf_filter_pck_ref_props: i32 *ptr
gf_filter_pck_get_data: ptr ptr *u32
gf_filter_pck_expand: i32 ptr u32 *ptr *ptr *u32
gf_filter_pck_truncate: i32 ptr u32
gf_filter_pck_check_realloc: void ptr ptr u32
gf_filter_pck_set_readonly: i32 ptr
gf_filter_pck_is_blocking_ref: u32 ptr
gf_filter_pck_get_frame_interface: *FrameInterface ptr
gf_filter_pck_set_property: i32 ptr u32 *PropertyValue
gf_filter_pck_set_property_str: i32 ptr str *PropertyValue
gf_filter_pck_set_property_dyn: i32 ptr str *PropertyValue
gf_filter_pck_get_property: *PropertyValue ptr u32
gf_filter_pck_get_property_str: *PropertyValue ptr str
gf_filter_pck_enum_properties: *PropertyValue ptr *u32 *u32 *str
gf_filter_pck_has_properties: u32 ptr
gf_filter_pck_merge_properties: i32 ptr ptr
gf_filter_pck_merge_properties_filter: i32 ptr ptr ptr ptr
gf_filter_pck_set_framing: i32 ptr u32 u32
gf_filter_pck_get_framing: i32 ptr *u32 *u32
gf_filter_pck_set_dts: i32 ptr u64
gf_filter_pck_get_dts: u64 ptr
gf_filter_pck_set_cts: i32 ptr u64
gf_filter_pck_get_cts: u64 ptr
gf_filter_pck_get_timescale: u32 ptr
gf_filter_pck_set_duration: i32 ptr u32
gf_filter_pck_get_duration: u32 ptr
gf_filter_pck_set_sap: i32 ptr u32
gf_filter_pck_get_sap: u32 ptr
gf_filter_pck_set_roll_info: i32 ptr i16
gf_filter_pck_get_roll_info: i16 ptr
gf_filter_pck_set_switch_frame: i32 ptr u32
gf_filter_pck_get_switch_frame: u32 ptr
gf_filter_pck_set_interlaced: i32 ptr u32
gf_filter_pck_get_interlaced: u32 ptr
gf_filter_pck_set_corrupted: i32 ptr u32
gf_filter_pck_get_corrupted: u32 ptr
gf_filter_pck_set_seek_flag: i32 ptr u32
gf_filter_pck_get_seek_flag: u32 ptr
gf_filter_pck_set_byte_offset: i32 ptr u64
gf_filter_pck_get_byte_offset: u64 ptr
gf_filter_pck_set_crypt_flags: i32 ptr u8
gf_filter_pck_get_crypt_flags: u8 ptr
gf_filter_pck_set_clock_type: i32 ptr u32
gf_filter_pck_get_clock_type: u32 ptr
gf_filter_pck_set_carousel_version: i32 ptr u8
gf_filter_pck_get_carousel_version: u8 ptr
gf_filter_pck_set_dependency_flags: i32 ptr u8
gf_filter_pck_get_dependency_flags: u8 ptr
gf_filter_pck_set_seq_num: i32 ptr u32
gf_filter_pck_get_seq_num: u32 ptr
gf_filter_pck_set_mark: i32 ptr u32
gf_filter_pck_get_mark: u32 ptr
# Properties
gf_props_get_id: u32 str
gf_props_4cc_get_name: str u32
gf_props_4cc_get_type: u32 u32
gf_props_4cc_get_flags: u8 u32
gf_props_get_description: ptr u32
gf_props_get_type_name: str u32
gf_props_get_type_desc: str u32
gf_props_parse_type: u32 str
gf_props_type_is_enum: u32 u32
gf_props_parse_enum: u32 u32 str
gf_props_enum_name: str u32 u32
gf_props_enum_all_names: str u32
gf_props_get_base_type: u32 u32
gf_props_parse_value: PropertyValue u32 str str str u8
gf_props_dump_val: str *PropertyValue str u32 str
gf_props_dump: str u32 *PropertyValue str u32
gf_props_equal: u32 *PropertyValue *PropertyValue
gf_props_equal_strict: u32 *PropertyValue *PropertyValue
gf_props_reset_single: void *PropertyValue
gf_props_sanity_check: u32
gf_filter_event_name: str u32
# File I/O objects
gf_fileio_new: ptr str ptr ptr ptr ptr ptr ptr ptr ptr
gf_fileio_del: void ptr
gf_fileio_get_udta: ptr ptr
gf_fileio_url: str ptr
gf_fileio_resource_url: str ptr
gf_fileio_translate_url: str str
gf_fileio_tag_main_thread: i32 ptr
gf_fileio_is_main_thread: u32 str
gf_fileio_from_url: ptr str
gf_fileio_open_url: ptr ptr str str *i32
gf_fileio_factory: str ptr str
gf_fileio_from_mem: ptr str ptr u32
gf_fileio_read_mode: u32 ptr
gf_fileio_write_mode: u32 ptr
gf_fileio_set_stats: void ptr u64 u64 u32 u32
gf_fileio_get_stats: u32 ptr *u64 *u64 *u32 *u32
gf_fileio_set_write_state: void ptr u32
gf_fileio_write_ready: u32 ptr
gf_fileio_check: u32 ptr
gf_fileio_register_delete_proc: i32 ptr
gf_fileio_unregister_delete_proc: void ptr
gf_file_handles_count: u32
gf_fopen: ptr str str
gf_fopen_ex: ptr str str str u32
gf_fclose: i32 ptr
gf_fread: size ptr size ptr
gf_fwrite: size ptr size ptr
gf_fseek: i32 ptr i64 i32
gf_ftell: u64 ptr
gf_feof: i32 ptr
gf_ferror: i32 ptr
gf_fflush: i32 ptr
gf_fsize: u64 ptr
gf_fgets: ptr str size ptr
gf_fgetc: i32 ptr
gf_fputc: i32 i32 ptr
gf_fputs: i32 str ptr
gf_fprintf: i32 ptr str
gf_vfprintf: i32 ptr str ptr
gf_file_exists: u32 str
gf_file_exists_ex: u32 str str
gf_file_delete: i32 str
gf_file_move: i32 str str
gf_file_temp: ptr *ptr
gf_file_load_data: i32 str *ptr *u32
gf_file_load_data_filep: i32 ptr *ptr *u32
gf_file_modification_time: u64 str
gf_file_basename: ptr str
gf_file_ext_start: ptr str
gf_realpath: ptr str str
gf_mkdir: i32 str
gf_rmdir: i32 str
gf_dir_exists: u32 str
gf_dir_cleanup: i32 str
gf_enum_directory: i32 str u32 ptr ptr str
gf_fd_open: i32 str u32 u32
gf_fd_fsize: u64 i32
gf_blob_register: ptr ptr
gf_blob_unregister: void ptr
gf_blob_get: i32 str *ptr *u32 *u32
gf_blob_release: i32 str
gf_blob_get_ex: i32 ptr *ptr *u32 *u32
gf_blob_release_ex: i32 ptr
gf_blob_query_range: u32 ptr u32 u64 u32
# URL
gf_url_concatenate: ptr str str
gf_url_free: void str
gf_url_is_local: u32 str
gf_url_is_relative: u32 str
gf_url_get_absolute_path: ptr str str
gf_url_to_fs_path: void str
gf_url_get_resource_name: str str
gf_url_get_path: str str
gf_url_percent_encode: ptr str
gf_url_percent_decode: ptr str
# HTTP server binding
gf_filter_bind_httpout_callbacks: i32 ptr ptr ptr
gf_httpout_send_request: i32 ptr ptr u32 str u32 *str ptr ptr ptr ptr
gf_httpout_send_request_data: i32 ptr ptr u32 ptr u32 u32 *str ptr ptr ptr ptr
gf_httpout_set_answer: i32 ptr u32 ptr u32 u32 *str
gf_httpout_set_close: i32 ptr ptr ptr
gf_httpout_abort_request: i32 ptr i32
# DASH client binding
gf_filter_bind_dash_algo_callbacks: i32 ptr ptr ptr ptr ptr ptr
gf_dash_group_get_num_qualities: u32 ptr u32
gf_dash_group_get_quality_info: i32 ptr u32 u32 *DASHQualityInfoNat
gf_dash_get_period_duration: u64 ptr
gf_dash_group_get_srd_info: u32 ptr u32 *u32 *u32 *u32 *u32 *u32 *u32 *u32
# Remote monitoring (websocket)
gf_rmt_set_on_new_client_cbk: i32 ptr ptr ptr
gf_rmt_get_peer_address: str ptr
gf_rmt_client_send_to_ws: i32 ptr str u64 u32
gf_rmt_client_set_on_data_cbk: i32 ptr ptr ptr
gf_rmt_client_set_on_del_cbk: i32 ptr ptr ptr
# Media names
gf_stream_type_name: str u32
gf_stream_type_short_name: str u32
gf_stream_type_by_name: u32 str
gf_stream_types_enum: u32 *u32 *str *str
gf_codecid_parse: u32 str
gf_codecid_file_ext: str u32
gf_codecid_name: str u32
gf_codecid_mime: str u32
gf_codecid_enum: u32 u32 *str *str
gf_codecid_type: u32 u32
gf_codecid_alt: u32 u32
gf_codecid_oti: u8 u32
gf_codecid_from_oti: u32 u32 u32
gf_codecid_4cc_type: u32 u32
gf_codecid_has_unframer: u32 u32
gf_codec_id_from_isobmf: u32 u32
gf_pixel_fmt_parse: u32 str
gf_pixel_fmt_name: str u32
gf_pixel_fmt_sname: str u32
gf_pixel_fmt_probe: u32 u32 str
gf_pixel_fmt_enum: u32 *u32 *str *str *str
gf_pixel_fmt_all_names: str
gf_pixel_fmt_all_shortnames: str
gf_pixel_get_size_info: u32 u32 u32 u32 *u32 *u32 *u32 *u32 *u32
gf_pixel_get_bytes_per_pixel: u32 u32
gf_pixel_is_wide_depth: u32 u32
gf_pixel_get_nb_comp: u32 u32
gf_pixel_get_downsampling: void u32 *u32 *u32
gf_pixel_fmt_is_transparent: u32 u32
gf_pixel_fmt_is_yuv: u32 u32
gf_pixel_fmt_from_qt_type: u32 u32
gf_pixel_fmt_to_qt_type: u32 u32
gf_audio_fmt_parse: u32 str
gf_audio_fmt_name: str u32
gf_audio_fmt_sname: str u32
gf_audio_fmt_enum: u32 *u32 *str *str *str
gf_audio_fmt_all_names: str
gf_audio_fmt_all_shortnames: str
gf_audio_fmt_bit_depth: u32 u32
gf_audio_fmt_is_planar: u32 u32
gf_audio_fmt_from_isobmf: u32 u32
gf_audio_fmt_to_isobmf: u32 u32
gf_audio_fmt_get_cicp_layout: u32 u32 u32 u32
gf_audio_fmt_get_layout_from_cicp: u64 u32
gf_audio_fmt_get_cicp_from_layout: u32 u64
gf_audio_fmt_get_num_channels_from_layout: u32 u64
gf_audio_fmt_get_layout_name_from_cicp: str u32
gf_audio_fmt_get_layout_name: str u64
gf_audio_fmt_get_layout_from_name: u64 str
gf_audio_fmt_cicp_enum: u32 u32 *str *u64
gf_audio_fmt_get_cicp_from_name: u32 str
gf_audio_fmt_get_cicp_name: str u32
gf_cicp_parse_color_primaries: u32 str
gf_cicp_color_primaries_name: str u32
gf_cicp_color_primaries_all_names: str
gf_cicp_parse_color_transfer: u32 str
gf_cicp_color_transfer_name: str u32
gf_cicp_color_transfer_all_names: str
gf_cicp_parse_color_matrix: u32 str
gf_cicp_color_matrix_name: str u32
gf_cicp_color_matrix_all_names: str
# Beyond the common API
gf_lang_find: i32 str
gf_lang_get_count: u32
gf_lang_get_name: str u32
gf_lang_get_3cc: str u32
gf_lang_get_2cc: str u32
gf_filter_why_not: ptr ptr ptr
gf_filter_watch_fd: i32 ptr i32 u32
gf_filter_enter: void ptr
gf_filter_leave: void ptr
gf_filter_wait_for_threads: void ptr ptr ptr
gf_props_dump_alloc: ptr u32 *PropertyValue u32
gf_fs_hold: ptr ptr
gf_fs_release: void ptr
gf_fs_get_fd: i32 ptr
gf_fs_post_background_task: i32 ptr ptr ptr u32
gf_fs_get_graph_text: ptr ptr
gf_fs_watch_fd: i32 ptr i32 ptr ptr
gf_filter_pid_is_first_packet: u32 ptr ptr
gf_fs_run_slice: i32 ptr
gf_filter_pck_get_pid_property: *PropertyValue ptr u32
gf_filter_pck_get_pid_property_str: *PropertyValue ptr str
"""
